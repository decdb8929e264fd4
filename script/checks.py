"""What ``script/check`` checks, one after the other; all of it runs, then the failures are named.

Names of single checks may be given as arguments.
"""

import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
ROOMS = ["config", "digests", "timeline", "desk", "pledges", "companies", "sources", "history", "accounts", "dates"]


def run(*command: str | Path, **environment: str) -> bool:
    """Run a step in the checkout; whether it found nothing."""
    done = subprocess.run([str(each) for each in command], cwd=CHECKOUT, env=os.environ | environment, check=False)
    return done.returncode == 0


def manage(*arguments: str, **environment: str) -> bool:
    return run(sys.executable, "manage.py", *arguments, **environment)


def lint() -> bool:
    return run(BIN / "ruff", "check", "--quiet", ".")


def format() -> bool:
    return run(BIN / "ruff", "format", "--check", "--quiet", ".") or complain("Mend it by: .venv/bin/ruff format .")


def types() -> bool:
    return run(BIN / "mypy", "--no-error-summary", *ROOMS)


def imports() -> bool:
    return run(BIN / "lint-imports", "--no-logo")


def templates() -> bool:
    return run(BIN / "djlint", "--lint", "--quiet", "templates")


def migrations() -> bool:
    return manage("makemigrations", "--check", "--dry-run", "--verbosity", "1")


def deploy() -> bool:
    """The settings as in production, against a database with the two roles."""
    with tempfile.TemporaryDirectory() as static:
        production = {
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": "pledges.example",
            "SITE_URL": "https://pledges.example",
            "DEBUG": "",
            "HTTPS": "",
            "STATIC_ROOT": static,
        }
        return manage("prepare", "--static", "--verbosity", "0", **production) and manage(
            "check",
            "--deploy",
            "--database",
            "default",
            "--fail-level",
            "INFO",
            **(production | {"DATABASE_OWNER_URL": ""}),
        )


def locks() -> bool:
    """Pinned by digest, with everything that pyproject.toml asks for, and without the address of any registry."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    groups = project["dependency-groups"]
    asked = {"runtime": project["project"]["dependencies"] + groups["services"]}
    asked["development"] = asked["runtime"] + groups["dev"]
    asked["bench"] = groups["bench"]
    faults = []
    for name, requirements in asked.items():
        content = (CHECKOUT / "requirements" / f"{name}.txt").read_text()
        if "://" in content or "--index-url" in content:
            faults.append(f"requirements/{name}.txt holds the address of a registry.")
        pinned = {plain(each) for each in re.findall(r"^([A-Za-z0-9._-]+)==", content, re.M)}
        missing = {plain(re.split(r"[^A-Za-z0-9._-]", each)[0]) for each in requirements} - pinned
        faults += [f"requirements/{name}.txt does not pin {each}, which pyproject.toml asks for." for each in missing]
        entries = re.split(r"\n(?=\S)", content.strip())
        faults += [
            f"requirements/{name}.txt: no digest for {e.split()[0]}." for e in entries if "--hash=sha256:" not in e
        ]
    tracked = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=False).stdout
    faults += [
        f"{each} records addresses: remove it." for each in tracked.split() if re.search(r"uv\.lock|pylock.*toml", each)
    ]
    return not faults or complain("\n".join(sorted(faults)))


def plain(name: str) -> str:
    """A package's name as registries compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def complain(message: str) -> bool:
    print(message, file=sys.stderr)
    return False


CHECKS: list[Callable[[], bool]] = [lint, format, locks, templates, imports, types, migrations, deploy]


def main(chosen: list[str]) -> int:
    known = {each.__name__: each for each in CHECKS}
    unknown = [name for name in chosen if name not in known]
    if unknown:
        complain(f"There is no check {', '.join(unknown)}. There are: {', '.join(known)}.")
        return 2
    failed = []
    for name in chosen or known:
        begun = time.monotonic()
        passed = known[name]()
        print(f"{'ok  ' if passed else 'FAIL'} {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        if not passed:
            failed.append(name)
    print(f"Failed: {', '.join(failed)}." if failed else "All checks passed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
