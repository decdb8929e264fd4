"""Runs one benchmark: ``python -m benchmarks NAME [options]``. Without a name it says what there is."""

import importlib
import sys

NAMES = {
    "links": "addresses a second, processor time and memory of the checker, beside lychee and plain aiohttp",
    "pages": "pages and pictures of a record of 5,000 events: time, bytes, statements",
    "vitals": "what a reader waits for: bytes, requests, largest paint, shifts, tasks that block",
    "million": "what the database takes for a million sources and months of checks",
}


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in NAMES:
        if arguments and arguments[0] not in ("-h", "--help"):
            print(f"There is no benchmark “{arguments[0]}”.", file=sys.stderr)
        print("script/bench NAME [options]; --help after a name tells its options.\n")
        print("\n".join(f"  {name:10}{what}" for name, what in NAMES.items()))
        return 0 if not arguments or arguments[0] in ("-h", "--help") else 2
    return int(importlib.import_module(f"benchmarks.{arguments[0]}").main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
