"""`python -m fuzz`: let atheris look for a delivery that `unwrap` does not stand. It ends by itself.

It ends with 0 if nothing was found. Otherwise it prints what was raised, and in which file the input is kept.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import target

_EXECUTED = re.compile(r"stat::number_of_executed_units:\s*([0-9]+)")
_PLANTED = "TypeError: comparing strings with non-ASCII characters is not supported"


def main(arguments: Sequence[str] | None = None) -> int:
    """See that a planted bug is found, then look for others."""
    options = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory() as keep:
        code, said = look(["-runs=50000", "-seed=1"], Path(keep), "--plant")
        if code == 0 or _PLANTED not in said or not list(Path(keep).iterdir()):
            print(
                f"{said}\nA planted bug was not found: the fuzzer is blind.",
                file=sys.stderr,
            )
            return 2
    print("A planted bug was found. Looking for others.", flush=True)
    limits = [
        f"-runs={options.runs}",
        f"-max_total_time={options.seconds}",
        f"-seed={options.seed}",
    ]
    code, said = look(limits, Path(options.keep))
    executed = _EXECUTED.search(said)
    if code != 0 or executed is None:
        print(
            f"{said}\nSomething was found, or the fuzzer failed: look above.",
            file=sys.stderr,
        )
        return 1
    print(f"{executed[1]} inputs were tried, and nothing was found.")
    return 0


def look(limits: list[str], keep: Path, *further: str) -> tuple[int, str]:
    """Run the fuzzer in a process of its own, which it ends as it likes: the exit code, and what it said."""
    with tempfile.TemporaryDirectory() as directory:
        corpus, dictionary = Path(directory) / "corpus", Path(directory) / "words"
        corpus.mkdir()
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed-{number:03}").write_bytes(seed)
        words = [
            word.replace("\\", "\\\\").replace('"', '\\"')
            for word in sorted(target.words())
        ]
        dictionary.write_text(
            "".join(f'"{word}"\n' for word in words), encoding="ascii"
        )
        flags = [
            *limits,
            "-max_len=4096",
            "-use_value_profile=1",
            "-verbosity=0",
            "-print_final_stats=1",
        ]
        command = [sys.executable, "-m", "fuzz.child", *further, *flags]
        command += [f"-dict={dictionary}", f"-artifact_prefix={keep}/", str(corpus)]
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
        return done.returncode, done.stdout


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=200_000, help="inputs to try (%(default)s)"
    )
    parser.add_argument(
        "--seconds", type=int, default=600, help="the longest it may take (%(default)s)"
    )
    parser.add_argument(
        "--seed",
        type=int,
        default=0,
        help="of its dice; 0 for another each time (%(default)s)",
    )
    parser.add_argument(
        "--keep",
        default=".",
        help="the directory for an input that was found (%(default)s)",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
