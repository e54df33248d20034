"""Programs in test/bench/memory: they print `name value unit` lines; rows are named after the program and its argument.

trees N        wall and CPU time, peak memory
liveheap MB    latency of requests, stops of the world and the collector's CPU time beside a heap that lives
smallobjects   time to make an object, by size
wideelements   time to send an element between two goroutines"""
import os

from benchlib.sides import Run

# Program, argument, bounds of the process as a whole, bounds of what it prints ('*': of every line).
PROGRAMS = [
    ('trees', '18', {'wall': 1.0, 'cpu': 1.0, 'memory': 1.1}, {}),
    ('trees', '21', {'wall': 1.0, 'cpu': 1.0, 'memory': 1.1}, {}),
    ('liveheap', '1024', {'cpu': 1.0, 'memory': None}, {'p99': 1.0, 'max': 1.0, 'longest-pause': 1.0, 'longest-stop': 1.0, 'gc-cpu': 1.0}),
    ('smallobjects', '', {'cpu': None}, {'*': 1.0}),
    ('wideelements', '', {'cpu': None}, {'*': 1.0}),
]
UNITS = {'wall': 's', 'cpu': 's', 'memory': 'MB'}


def memory(sides, table, wanted, folder):
    built = set()
    for program, argument, whole, printed in PROGRAMS:
        title = f'{program} {argument}'.strip()
        if not wanted(title):
            continue
        if program not in built:
            built.add(program)
            sides.build_both(program, os.path.join(folder, 'memory', program + '.go'))
        units = {}

        def measure(side):
            run = Run([sides.path(f'{program}-{side}')] + argument.split())
            values = {('whole', key): getattr(run, key) for key in whole}
            for name, (value, unit) in run.lines().items():
                values['printed', name] = value
                units[name] = unit
            return values
        for (kind, name), pair in sides.median_pair(measure).items():
            if kind == 'whole':
                table.add(f'{title}: {name}', *pair, UNITS[name], whole[name])
            else:
                table.add(f'{title}: {name}', *pair, units[name], printed.get(name, printed.get('*')))
