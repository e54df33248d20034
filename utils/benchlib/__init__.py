"""Parts of utils/bench: sides.py builds and runs programs on both sides, table.py keeps the rows, programs.py, memory.py and front_end.py say what is measured."""
