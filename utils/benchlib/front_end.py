"""The compilers themselves.

front end   CPU time of parsing, importing and checking every package of the library. No flag of gc's compiler stops there, but an error does: each package is compiled with
            one more file, in which a string is assigned to an int. Both compilers then read the same files and the export data of their own archives, check everything,
            report that one error and end before any code is made. Process start included, on both sides. Packages whose files differ between the sides (those that Stoat
            replaces) are left out. go vet and go/types were no fair measure: they read more, and are not what gc compiles with.
memory      peak of a whole compilation of net/http, the package of the library that takes most."""
import json, os, subprocess, sys

from benchlib.sides import Run

LARGEST = 'net/http'


def packages(sides, side):
    """ImportPath -> what go list says, everything compiled before, so that Export names an archive."""
    done = subprocess.run([sides.go[side], 'list', '-export', '-deps', '-json=ImportPath,Name,Dir,GoFiles,Export,Deps,ImportMap', 'std'], env=sides.env[side],
                          capture_output=True, text=True)
    if done.returncode:
        sys.exit(f'bench: go list fails:\n{done.stderr[:2000]}')
    found, decoder, text = {}, json.JSONDecoder(), done.stdout.strip()
    while text:
        package, end = decoder.raw_decode(text)
        found[package['ImportPath']] = package
        text = text[end:].lstrip()
    return found


def command(sides, side, known, name, extra):
    package = known[name]
    config = sides.path(f'importcfg-{side}')
    with open(config, 'w') as f:
        for path, actual in package.get('ImportMap', {}).items():
            f.write(f'importmap {path}={actual}\n')
        for path in package.get('Deps', []):
            if known[path].get('Export'):
                f.write(f'packagefile {path}={known[path]["Export"]}\n')
    tool = subprocess.run([sides.go[side], 'tool', '-n', 'compile'], env=sides.env[side], capture_output=True, text=True).stdout.strip() if side not in command.tools \
        else command.tools[side]
    command.tools[side] = tool
    files = [os.path.join(package['Dir'], f) for f in package['GoFiles']]
    return [tool, '-p', name, '-std', '-importcfg', config, '-o', sides.path('package.a'), '-pack'] + files + extra


command.tools = {}


def check_only(sides, side, known, name):
    wrong = sides.path('wrong.go')
    with open(wrong, 'w') as f:
        f.write(f'package {known[name]["Name"]}\n\nvar _ int = "wrong"\n')
    run = Run(command(sides, side, known, name, [wrong]), env=sides.env[side], must_succeed=False)
    if not run.code or 'wrong.go:3' not in run.output + run.errors or len((run.output + run.errors).splitlines()) > 2:
        sys.exit(f'bench: {side} does not check {name}:\n{run.output}{run.errors}'[:2000])
    return run.cpu


def front_end(sides, table, wanted, folder):
    if not wanted('front end') and not wanted('compiler memory'):
        return
    known = {side: packages(sides, side) for side in sides.names()}
    if wanted('front end'):
        same = [name for name, package in known['gc'].items()
                if name not in ('unsafe', 'runtime') and package.get('GoFiles') and package['GoFiles'] == known['stoat'].get(name, {}).get('GoFiles') and package.get('Export')
                and all(os.path.realpath(os.path.join(package['Dir'], f)) == os.path.realpath(os.path.join(known['stoat'][name]['Dir'], f)) for f in package['GoFiles'])]
        print(f'front end: {len(same)} packages', flush=True)
        pair = sides.median_pair(lambda side: sum(check_only(sides, side, known[side], name) for name in same), max(1, sides.runs // 2))
        table.add('front end, std: cpu', *pair, 's', 1.0)
    if wanted('compiler memory'):
        pair = sides.median_pair(lambda side: Run(command(sides, side, known[side], LARGEST, []), env=sides.env[side]).memory, max(1, sides.runs // 2))
        table.add(f'compiler memory, {LARGEST}', *pair, 'MB', 1.5)
