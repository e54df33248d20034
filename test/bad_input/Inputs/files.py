"""Truncated archives and full disks: every failure is one line and a status of 1 or 2, and nothing is left in the directory of the output.

A full disk is a tmpfs of 64 kB where mounting is allowed; everywhere it is a limit on the size of files (RLIMIT_FSIZE, whose signal the tools ignore).
"""
import os, resource, signal, subprocess, sys

out, stoat = sys.argv[1:3]
os.chdir(out)
failed = 0


def run(*args, fsize=None):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        if fsize is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (fsize, fsize))
    done = subprocess.run([stoat, *args], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, preexec_fn=limit, timeout=60)
    return done.returncode, done.stdout.decode(errors='replace')


def expect(what, result, *parts, lines=1):
    global failed
    status, text = result
    if status in (1, 2) and text.count('\n') == lines and all(p in text for p in parts):
        return
    failed += 1
    print(f'{what}: status {status}, wanted {parts}: {text[:400]}')


def expectOnly(directory, *names):
    global failed
    found = sorted(os.listdir(directory))
    if found != sorted(names):
        failed += 1
        print(f'left in {directory}: {found}')


# Truncations: at the end of the archive there may be nothing but padding. Cut behind its first member, it is an archive of export data alone, which is all that an import wants.
whole = open('whole.a', 'rb').read()
firstBytes = 8 + 60 + int(whole[8 + 48:8 + 58])
firstEnd = firstBytes + firstBytes % 2
for size in sorted({*range(0, 400, 7), *range(400, len(whole) - 1, max(1, len(whole) // 60)), firstEnd - 1, firstEnd, firstEnd + 1}):
    with open('p.a', 'wb') as f:
        f.write(whole[:size])
    status, text = run('compile', '-p', 'q', '-importcfg', 'cfg', '-o', 'q.a', 'q.go')
    if firstBytes <= size <= firstEnd:
        if status != 0:
            failed += 1
            print(f'export data alone: status {status}: {text[:300]}')
    elif status != 2 or text.count('\n') != 1 or not text.startswith('q.go:1:19: could not import p (p.a: '):
        failed += 1
        print(f'truncated to {size} of {len(whole)}: status {status}: {text[:300]}')
    if os.path.exists('q.a'):
        os.remove('q.a')

with open('big.go', 'w') as f:
    f.write('package p\n\nvar X = ' + ' + '.join('"' + str(i) * 4000 + '"' for i in range(10, 60)) + '\n')
with open('main.go', 'w') as f:
    f.write('package main\n\nvar x = ' + ' + '.join('"' + str(i) * 4000 + '"' for i in range(10, 60)) + '\n\nfunc main() { println(x) }\n')

os.makedirs('small', exist_ok=True)
expect('compile, limit', run('compile', '-p', 'p', '-o', 'small/p.a', 'big.go', fsize=4096), 'compile: writing output: write small/p.a: file too large')
expect('asm, limit', run('asm', '-p', 'p', '-o', 'small/p.o', 'f.s', fsize=64), 'asm: writing output: write small/p.o: file too large')
expectOnly('small')

mounted = subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'none', 'small'], stderr=subprocess.DEVNULL).returncode == 0
try:
    if mounted:
        expect('compile, full', run('compile', '-p', 'p', '-o', 'small/p.a', 'big.go'), 'compile: writing output: write small/p.a: no space left on device')
        expectOnly('small')

    # The link needs the archives of the runtime: the go command says where they are.
    goroot = os.path.join(os.path.dirname(os.path.dirname(stoat)), 'goroot')
    config = ''
    if os.path.exists(goroot + '/bin/go'):
        env = dict(os.environ, GOROOT=goroot, GOFLAGS='', GO111MODULE='off')
        listed = subprocess.run([goroot + '/bin/go', 'list', '-deps', '-export', '-f', '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}', 'runtime'],
                                env=env, capture_output=True, text=True)
        config = listed.stdout
    if config:
        with open('link.cfg', 'w') as f:
            f.write(config)
        assert run('compile', '-p', 'main', '-o', 'main.a', 'main.go')[0] == 0
        assert run('link', '-importcfg', 'link.cfg', '-o', 'main.exe', 'main.a') == (0, '')
        if mounted:
            expect('link, full', run('link', '-importcfg', 'link.cfg', '-o', 'small/main.exe', 'main.a'), 'link: writing output: write small/main.exe: no space left on device')
            expectOnly('small')
        expect('link, device', run('link', '-importcfg', 'link.cfg', '-o', '/dev/full', 'main.a'), 'link: writing output: write /dev/full: no space left on device')
        expect('link, no directory', run('link', '-importcfg', 'link.cfg', '-o', 'missing/main.exe', 'main.a'), 'link: cannot create missing/main.exe: open missing/main.exe: no such file or directory')
        expect('link, limit', run('link', '-importcfg', 'link.cfg', '-o', 'limited.exe', 'main.a', fsize=65536), 'link: ', 'file too large')

        # stoat build: the same, as the go command shows it
        for name, text in {'build/ok.go': 'package main\n\nfunc main() {}\n', 'syntax/x.go': 'package main\n\nfunc main( {}\n', 'types/x.go': 'package main\n\nfunc main() { var x int = "" }\n',
                           'missing/x.go': 'package main\n\nimport _ "no/such/package"\n\nfunc main() {}\n', 'cycle/a/a.go': 'package a\n\nimport _ "m/cycle/b"\n',
                           'cycle/b/b.go': 'package b\n\nimport _ "m/cycle/a"\n', 'bytes/x.go': b'package main\n\nvar x = "\xff"\n\nfunc main() {}\n', 'go.mod': 'module m\n\ngo 1.26\n'}.items():
            name = 'module/' + name
            os.makedirs(os.path.dirname(name), exist_ok=True)
            with open(name, 'wb') as f:
                f.write(text if isinstance(text, bytes) else text.encode())
        os.chdir('module')
        os.environ.pop('GOROOT', None)
        os.environ['GOFLAGS'] = ''
        build = lambda package, o='out': run('build', '-o', o, './' + package)
        expect('build, syntax', build('syntax'), '# m/syntax\n', 'syntax/x.go:3:12: syntax error: unexpected {, expected )', lines=2)
        expect('build, types', build('types'), '# m/types\n', 'types/x.go:3:19: declared and not used: x\n', 'types/x.go:3:27: cannot use "" (untyped string constant) as int value in variable declaration\n', lines=3)
        expect('build, missing package', build('missing'), 'missing/x.go:3:8: package no/such/package is not in std')
        expect('build, cycle', build('cycle/a'), 'package m/cycle/a\n\timports m/cycle/b from a.go\n\timports m/cycle/a from b.go: import cycle not allowed\n', lines=3)
        expect('build, bytes', build('bytes'), '# m/bytes\n', 'bytes/x.go:3:10: invalid UTF-8 encoding', lines=2)
        expect('build, no package', build('none'), 'none', 'not found')
        if os.path.exists('out'):
            failed += 1
            print('build left an output')
        if mounted:
            status, text = build('build', '../small/out')
            if status == 0 or 'no space left on device' not in text:
                failed += 1
                print(f'build, full: status {status}: {text[:300]}')
            expectOnly('../small')
        os.chdir('..')
    else:
        print('no Stoat GOROOT: link and build are not tested')
finally:
    if mounted:
        subprocess.run(['umount', 'small'])

expectOnly('small')
stray = [f for f in os.listdir('.') if '.tmp' in f or '.link' in f or f in ('limited.exe', 'q.a')]
if stray:
    failed += 1
    print('left behind:', stray)
print(f'{failed} failed')
sys.exit(bool(failed))
