#!/usr/bin/env python3
"""Installs the package into a virtual environment of its own and checks it there.

    python3 harness/answers-python/tests/check.py [--environment FOLDER]

The environment is kept (target/answers-python by default), so that a second run builds little. The crate is built with the
profile `quick`, which differs from `pip install ./harness/answers-python` in optimisation alone.
"""

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--environment", type=Path, default=ROOT / "target" / "answers-python")
    environment = arguments.parse_args().environment
    python = environment / "bin" / "python"
    if not python.exists():
        venv.create(environment, with_pip=True)
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    build = os.environ | {"CARGO_TARGET_DIR": str((environment / "build").resolve())}
    profile = ["--config-settings", "build-args=--profile quick"]
    subprocess.run([*pip, "--force-reinstall", *profile, PACKAGE], env=build, check=True)
    # From another folder, so that only what was installed can be imported.
    checks = PACKAGE / "tests" / "checks.py"
    sys.exit(subprocess.run([python, "-I", checks], cwd=environment, check=False).returncode)


if __name__ == "__main__":
    main()
