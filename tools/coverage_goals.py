"""Say whether the coverage goals are reached: 95 % of all, and every branch of rules and actions."""

import subprocess
import sys
from pathlib import Path

COVERAGE = str(Path(sys.executable).parent / "coverage")
RULES_AND_ACTIONS = "advocacy/*/rules.py,advocacy/*/rules/*,advocacy/*/actions.py,advocacy/*/actions/*"
GOALS = (
    ("everything", 95, []),
    ("rules and actions", 100, [f"--include={RULES_AND_ACTIONS}"]),
)


def reached(subject: str, goal: int, options: list[str]) -> bool:
    """Print the files below the goal when it is missed."""
    command = [COVERAGE, "report", f"--fail-under={goal}", "--precision=2", *options]
    total = subprocess.run([*command, "--format=total"], capture_output=True, text=True)
    figure = total.stdout.strip() or total.stderr.strip()
    print(f"Coverage of {subject}: {figure} % (goal: {goal} %)", flush=True)
    if total.returncode:
        subprocess.run([*command, "--skip-covered", "--show-missing"])
    return total.returncode == 0


if __name__ == "__main__":
    met = [reached(*goal) for goal in GOALS]
    sys.exit(not all(met))
