"""Build times and size of hello, and the wall time of the programs in test/bench whose outputs must be the same on both sides."""
import os, shutil, subprocess, sys, tempfile, time

from benchlib.sides import Run

BOUNDS = {'hello, warm build': 1.5, 'hello, cold build': 4.0, 'hello, stripped size': 3.0, 'fib': 1.0}


def hello(sides, table, wanted, folder):
    source = os.path.join(folder, 'hello.go')

    def add(name, pair, unit):
        table.add(name, *pair, unit, BOUNDS.get(name))
    if wanted('hello, warm build'):
        # The main package is compiled and linked anew each time, because its text differs.
        numbers = iter(range(1 << 30))
        sides.build_both('hello', source)

        def warm(side):
            n = next(numbers)
            text = open(source).read().replace('hello, world', f'hello, world {n} {time.time()}')
            with open(sides.path(f'hello{n}.go'), 'w') as f:
                f.write(text)
            return sides.build(side, sides.path(f'hello{n}.go'), sides.path('warm-' + side))
        add('hello, warm build', sides.median_pair(warm), 's')
    if wanted('hello, cold build'):
        def cold(side):
            cache = tempfile.mkdtemp(dir=sides.work)
            seconds = sides.build(side, source, sides.path('cold-' + side), cache)
            shutil.rmtree(cache, ignore_errors=True)
            return seconds
        add('hello, cold build', sides.median_pair(cold, max(1, sides.runs // 3)), 's')
    if wanted('hello, stripped size'):
        def size(side):
            sides.build(side, source, sides.path('hello-' + side))
            out = sides.path('stripped-' + side)
            subprocess.run(['strip', '-o', out, sides.path('hello-' + side)], check=True)
            return os.path.getsize(out) / 1e6
        add('hello, stripped size', sides.median_pair(size, 1), 'MB')


def programs(sides, table, wanted, folder):
    for source in sorted(os.listdir(folder)):
        name = source.removesuffix('.go')
        if not source.endswith('.go') or not wanted(name):
            continue
        sides.build_both(name, os.path.join(folder, source))
        outputs = {}

        def measure(side):
            run = Run([sides.path(f'{name}-{side}')])
            if outputs.setdefault(name, run.output) != run.output:
                sys.exit(f'bench: {name}: outputs differ')
            return run.wall
        table.add(name, *sides.median_pair(measure), 's', BOUNDS.get(name))
