"""`python -m generator.release`: build a version, make a release of it, publish it."""

from __future__ import annotations

import argparse
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

from .project import Project, Refused


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 means that it was done, 1 that it was refused, with the reasons."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except Refused as refusal:
        print(f"Refused:\n{refusal}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m generator.release", description=__doc__
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    build = commands.add_parser(
        "build", help="build, check and install the archives, and put them into dist/"
    )
    build.add_argument(
        "--python",
        action="append",
        default=[],
        help="a Python to install with; may be repeated",
    )
    build.set_defaults(run=_build)

    sbom = commands.add_parser(
        "sbom", help="write the bill of materials of each distribution"
    )
    sbom.add_argument(
        "--out",
        type=Path,
        default=Path("dist/sbom"),
        metavar="DIRECTORY",
        help="where to",
    )
    sbom.set_defaults(run=_sbom)

    release = commands.add_parser(
        "release", help="make a version of what is here; commits nothing"
    )
    release.add_argument("version", help="the version, such as 0.2.0")
    release.add_argument(
        "--date",
        type=date.fromisoformat,
        default=datetime.now(UTC).date(),
        help="the day; today if left out",
    )
    release.set_defaults(run=_release)

    publish = commands.add_parser(
        "publish", help="upload dist/ to an index, if nothing speaks against it"
    )
    # As `uv publish` calls them.
    publish.add_argument(
        "--index", default="", metavar="NAME", help="the name of an index in uv.toml"
    )
    publish.add_argument(
        "--publish-url",
        default="",
        metavar="URL",
        help="where to upload, without a name",
    )
    publish.add_argument(
        "--check-url", default="", metavar="URL", help="where the index lists its files"
    )
    publish.add_argument(
        "--tag",
        default="",
        help="the git tag that is published; it must fit version and commit",
    )
    publish.add_argument(
        "--dry-run",
        action="store_true",
        help="find every reason against it, and send nothing",
    )
    publish.set_defaults(run=_publish)
    return parser


# What a command needs is imported when it runs, since that takes longer than most commands.


def _build(options: argparse.Namespace) -> None:
    from . import building

    building.build(Project(Path.cwd()), options.python or [sys.executable])


def _sbom(options: argparse.Namespace) -> None:
    from . import archives, sbom

    project = Project(Path.cwd())
    with tempfile.TemporaryDirectory(prefix="plexy-made-") as scratch:
        made = archives.build(project.root, Path(scratch))
        for bill in sbom.write(project, made, options.out):
            print(f"Wrote {bill}, valid CycloneDX {sbom.FORMAT}.")


def _release(options: argparse.Namespace) -> None:
    from . import release

    print(
        "\n".join(release.release(Project(Path.cwd()), options.version, options.date))
    )


def _publish(options: argparse.Namespace) -> None:
    from . import publishing

    index = publishing.index_options(
        options.index, options.publish_url, options.check_url
    )
    publishing.publish(
        Project(Path.cwd()), index, tag=options.tag, dry_run=options.dry_run
    )


if __name__ == "__main__":
    raise SystemExit(main())
