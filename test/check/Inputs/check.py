#!/usr/bin/env python3
"""check.py [--update-from-gc] STOAT GOROOT FILE...: wrong programs and the complete text that the compiler must say about each.

A file has entries: `== NAME FLAGS`, the program, `-- PATTERN` and what `compile -p p FLAGS` prints (the file is NAME.go). The text is gc's: written
once by --update-from-gc (with the installed Go's compiler), read by people, and from then on our own expectation. Prints each difference; exit status 1."""
import difflib, os, re, shlex, subprocess, sys, tempfile

update = sys.argv[1] == '--update-from-gc'
stoat, goroot, *files = sys.argv[2:] if update else sys.argv[1:]
config = os.path.join(tempfile.mkdtemp(), 'importcfg')


def imports():
    """An importcfg of the packages that the programs import, from the build cache."""
    env = {k: v for k, v in os.environ.items() if not update or k != 'GOROOT'}
    go = 'go' if update else os.path.join(goroot, 'bin/go')
    form = '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}'
    listed = subprocess.run([go, 'list', '-export', '-deps', '-f', form, 'fmt', 'os', 'math', 'strings', 'math/rand', 'math/rand/v2', 'embed'],
                            env=env if update else dict(env, GOROOT=goroot), capture_output=True, text=True, check=True, cwd='/')
    with open(config, 'w') as out:
        out.write(listed.stdout)


def compile(name, flags, program):
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, name + '.go'), 'w') as out:
            out.write(program)
        tool = ['go', 'tool', 'compile'] if update else [stoat, 'compile']
        done = subprocess.run([*tool, '-p', 'p', '-importcfg', config, '-o', 'out.a', *flags, name + '.go'], cwd=folder, capture_output=True, text=True, errors='replace')
        return done.stdout + done.stderr


def main():
    imports()
    count = bad = 0
    for path in files:
        text, written = open(path).read(), []
        head, *entries = re.split(r'^== ', text, flags=re.M)
        for entry in entries:
            first, rest = entry.split('\n', 1)
            name, *flags = shlex.split(first)
            program, _, expected = rest.partition('\n-- compile prints\n')
            got = compile(name, flags, program + '\n')
            count += 1
            if not update and got.strip() != expected.strip():
                bad += 1
                print(f'{path}: {name}')
                print('\n'.join(difflib.unified_diff(expected.strip().split('\n'), got.strip().split('\n'), 'expected', 'printed', lineterm='', n=0)))
            written.append(f'== {first}\n{program}\n-- compile prints\n{got.strip()}\n\n')
        if update:
            with open(path, 'w') as out:
                out.write(head + ''.join(written))
    print(f'{count} programs, {bad} with other messages')
    sys.exit(1 if bad else 0)


main()
