"""The two sides, gc and stoat: building one source with each, running what was built, medians of interleaved runs."""
import os, shutil, statistics, subprocess, sys, tempfile, time


class Sides:
    def __init__(self, build_dir, runs):
        base = {k: v for k, v in os.environ.items() if k not in ('GOROOT', 'GOFLAGS', 'GOARCH')}
        base['CGO_ENABLED'] = '0'
        self.goroot = os.path.join(build_dir, 'goroot')
        self.go = {'gc': shutil.which('go'), 'stoat': os.path.join(self.goroot, 'bin/go')}
        self.env = {'gc': base, 'stoat': dict(base, GOROOT=self.goroot)}
        self.runs = runs
        self.work = tempfile.mkdtemp(prefix='stoat-bench-')

    def names(self):
        return self.go.keys()

    def path(self, name):
        return os.path.join(self.work, name)

    def build(self, side, source, out, cache=None):
        env = dict(self.env[side], GOCACHE=cache) if cache else self.env[side]
        start = time.perf_counter()
        done = subprocess.run([self.go[side], 'build', '-o', out, source], env=env, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f'bench: {side} cannot build {source}:\n{done.stdout}{done.stderr}')
        return time.perf_counter() - start

    def build_both(self, name, source):
        for side in self.names():
            self.build(side, source, self.path(f'{name}-{side}'))

    def median_pair(self, measure, runs=None):
        """measure(side) -> number, or {name: number} with the same names each time."""
        values = {side: [] for side in self.names()}
        for _ in range(runs or self.runs):
            for side in values:
                values[side].append(measure(side))
        if not isinstance(values['gc'][0], dict):
            return statistics.median(values['gc']), statistics.median(values['stoat'])
        return {key: tuple(statistics.median(run[key] for run in values[side]) for side in ('gc', 'stoat'))
                for key in values['gc'][0] if all(key in run for side in values for run in values[side])}


class Run:
    """One run of a program: output, wall time and CPU time in seconds, peak memory in MB."""

    def __init__(self, command, env=None, must_succeed=True):
        with tempfile.TemporaryFile('w+') as out, tempfile.TemporaryFile('w+') as err:
            start = time.perf_counter()
            child = subprocess.Popen(command, stdout=out, stderr=err, env=env)
            _, status, used = os.wait4(child.pid, 0)
            self.wall = time.perf_counter() - start
            child.returncode = os.waitstatus_to_exitcode(status)
            self.cpu = used.ru_utime + used.ru_stime
            self.memory = used.ru_maxrss / 1024
            out.seek(0)
            err.seek(0)
            self.output, self.errors, self.code = out.read(), err.read(), child.returncode
            if child.returncode and must_succeed:
                sys.exit(f'bench: {" ".join(command)} fails:\n{self.errors[:2000]}')

    def lines(self):
        """Lines `name value unit` -> {name: (value, unit)}."""
        found = {}
        for line in self.output.splitlines():
            name, value, unit = line.split()
            found[name] = (float(value), unit)
        return found
