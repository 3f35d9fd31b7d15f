"""A test script: prints TAP. Usage of each: NAME [--all] [WORD ...]: every point instead of a fixed share of them; only tests with all WORDs in their name."""
import sys

ALL = '--all' in sys.argv[1:]
WORDS = [word for word in sys.argv[1:] if word != '--all']
_number = _failures = 0


def wanted(name):
    return all(word in name for word in WORDS)


def share(points, most, most_of_all=None):
    """As many evenly spaced points as a bounded run has time for; with --all all of them, or `most_of_all`."""
    most = most_of_all or len(points) if ALL else most
    return points[::max(1, -(-len(points) // most))] if points else points


def test(name, wrong):
    """`wrong`: lines that say what failed; none is ok."""
    global _number, _failures
    _number += 1
    _failures += bool(wrong)
    print(f'{"not " if wrong else ""}ok {_number} - {name}')
    for line in wrong[:200]:
        print('# ' + line.replace('\n', '\n# '))
    if len(wrong) > 200:
        print(f'# and {len(wrong) - 200} more')
    sys.stdout.flush()


def done():
    print(f'1..{_number}')
    sys.exit(1 if _failures or not _number else 0)
