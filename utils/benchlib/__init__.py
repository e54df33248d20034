"""Parts of utils/bench: sides.py builds and runs programs on both sides, table.py keeps the rows, programs.py and memory.py say what is measured."""
