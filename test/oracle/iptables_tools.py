"""Asks iptables (nf_tables) what it says of single rules: JSON list of rules in, JSON list of answers out.

Each rule is translated alone; those that are read are then loaded together, each into a chain of its own, saved and listed.
Runs in a network namespace of its own, which the caller makes.
"""

import json
import shlex
import subprocess
import sys

LOADER = json.loads(sys.argv[1])
NFT = json.loads(sys.argv[2])


def run(command, text=""):
    done = subprocess.run(command, input=text, capture_output=True, text=True, errors="replace")
    return done.returncode, done.stdout, done.stderr


def tool(family, name):
    prefix = "iptables" if family == "ip" else "ip6tables"
    return [word.replace("ARGV0", f"{prefix}{name}") for word in LOADER]


def own_lines(error, index):
    """What is said of one rule, where the tool names the rules; the warnings say which extensions the kernel lacks."""
    lines = [line for line in error.split("\n") if line.endswith(f"chain T{index}") or line.startswith("Warning")]
    return "\n".join(lines) or error


def load(family, table, rules):
    """Loads rules into chains of their own; drops those that the kernel refuses. Returns the refused with their errors."""
    refused = {}
    while True:
        kept = [index for index in rules if index not in refused]
        chains = "".join(f":T{index} - [0:0]\n" for index in kept)
        lines = "".join(f"-A T{index} {rules[index]}\n" for index in kept)
        status, _, error = run(tool(family, "-restore"), f"*{table}\n{chains}{lines}COMMIT\n")
        if status == 0 or not kept:
            return refused
        named = [index for index in kept if f"chain T{index}\n" in error + "\n"]
        if not named:
            number = [int(word) for word in error.replace(":", " ").split() if word.isdigit()]
            line = next((one for one in number if len(kept) + 2 <= one < 2 * len(kept) + 2), None)
            named = kept[:1] if line is None else [kept[line - len(kept) - 2]]
        for index in named:
            refused[index] = own_lines(error, index)


def main():
    rules = json.load(sys.stdin)
    answers = [dict() for _ in rules]
    groups = {}
    for index, rule in enumerate(rules):
        family, table, text = rule["family"], rule["table"], rule["rule"]
        save = f"*{table}\n:T - [0:0]\n-A T {text}\nCOMMIT\n"
        status, output, error = run([*tool(family, "-restore-translate"), "-f", "/dev/stdin"], save)
        answers[index]["translate"] = [line for line in output.split("\n") if " T " in line]
        answers[index]["error"] = error if status else ""
        if status == 0 and answers[index]["translate"]:
            groups.setdefault((family, table), {})[index] = text
    for (family, table), members in groups.items():
        for index, error in load(family, table, members).items():
            answers[index]["kernel"] = error
        status, output, error = run([*tool(family, "-save"), "-t", table])
        saved = output.split("\n")
        if status or error:
            print(family, table, status, output[-300:], error, file=sys.stderr)
        listed = run([*NFT, "-s", "list", "table", family, table])[1].split("\tchain ")
        for index in members:
            answers[index]["save"] = [one for one in saved if one.startswith(f"-A T{index} ") or one == f"-A T{index}"]
            body = next((part for part in listed if part.startswith(f"T{index} ")), "")
            answers[index]["list"] = [one[2:] for one in body.split("\n") if one.startswith("\t\t")]
        run([*NFT, "flush", "ruleset"])
    print(json.dumps(answers))


main()
