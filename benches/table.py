#!/usr/bin/env python3
"""Puts measured figures into the tables of benches/README.md: `cargo bench | python3 benches/table.py`.

Reads divan's tree of results on standard input. A row of the tables whose third cell is the path of a benchmark, such as
`step/train_seed/32`, gets its median time and what it does in a second; rows that were not measured stay as they are.
"""

import pathlib
import re
import sys

README = pathlib.Path(__file__).with_name("README.md")


def results(lines):
    """For each benchmark that was run, by its path: the median time and the median rate."""
    path, found, newest = [], {}, None
    for line in lines:
        cells = [cell.strip() for cell in line.rstrip().split("│")]
        # The first line of a program: its name, then the names of the columns.
        program = re.match(r"(\w+)\s+fastest\s+│", line)
        row = re.match(r"([│ ]*)[├╰]─ (\S+)\s*(.*)", line)
        if program:
            path, newest = [program[1]], None
        elif row:
            path[1 + len(row[1]) // 3 :] = [row[2]]
            columns = [cell.strip() for cell in row[3].split("│")]
            newest = "/".join(path) if columns[0] else None
            if newest:
                found[newest] = (columns[2], "")
        elif newest and any("/s" in cell for cell in cells):
            # The rate stands below: fastest, slowest, median, mean.
            rates = [cell for cell in cells if cell.endswith("/s")]
            found[newest] = (found[newest][0], rates[2])
    return found


def filled(line, found):
    cells = line.split(" | ")
    if len(cells) != 5 or cells[2].strip("`") not in found:
        return line
    time, rate = found[cells[2].strip("`")]
    if not rate:
        return " | ".join([*cells[:3], time, cells[4]])
    number, unit = rate.split(" ")
    # What an item is stands in the table.
    item = cells[4].rstrip(" |").split(" ")[-1]
    rate = f"{number} {unit.removesuffix('/s').replace('item', '')}"
    rate = f"{rate}{item.lstrip('kKMG')}" if item.endswith("FLOP") else f"{rate} {item}" if "item" in unit else rate
    return " | ".join([*cells[:3], time, f"{rate} |".replace("  ", " ")])


def main():
    found = results(sys.stdin)
    lines = README.read_text().split("\n")
    README.write_text("\n".join(filled(line, found) for line in lines))
    print(f"{len(found)} benchmarks read", file=sys.stderr)


if __name__ == "__main__":
    main()
