"""Generates hostile sources and checks that the compiler ends each with status 2 (an error) or 0, quickly, without a crash."""
import os, resource, shutil, subprocess, sys, time

out, stoat = sys.argv[1:3]
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
N = 100_000
P = 'package p\n'
ERROR, OK = (2,), (0,)
cases = {
    'parens': (P + 'var x = ' + '(' * N + '1' + ')' * N, ERROR),
    'open_parens': (P + 'var x = ' + '(' * N, ERROR),
    'blocks': (P + 'func f() ' + '{' * N + '}' * N, ERROR),
    'brackets': (P + 'var x = a' + '[' * N, ERROR),
    'unary': (P + 'var y = 1\nvar x = ' + '-' * N + 'y', ERROR),
    'stars': (P + 'var x ' + '*' * N + 'int', ERROR),
    'array_types': (P + 'var x ' + '[1]' * N + 'int', ERROR),
    'func_types': (P + 'type T ' + 'func(' * N, ERROR),
    'struct_types': (P + 'type T ' + 'struct{ x ' * N, ERROR),
    'literals': (P + 'var x = ' + '[]any{' * N + '}' * N, ERROR),
    'calls': (P + 'var x = ' + 'f(' * N + ')' * N, ERROR),
    'ifs': (P + 'func f() { ' + 'if true {} else ' * N + '{} }', None),
    'additions': (P + 'var y int\nvar x = y' + ' + y' * N, None),
    'string_sum': (P + 'const x = "a"' + ' + "a"' * N, None),
    'huge_shift': (P + 'const x = 1 << 100000\nvar y = x', ERROR),
    'huge_shift_float': (P + 'var y = 1.0 << 1000000000', ERROR),
    'huge_exponent': (P + 'const x = 1e1000000000\nvar y float64 = x', ERROR),
    'huge_digits': (P + 'const x = ' + '9' * 1_000_000 + '\nvar y int = x', ERROR),
    'repeated_square': (P + 'const a = 1<<500\nconst b = a*a*a*a*a*a*a*a\nvar x = b', ERROR),
    'long_line': (P + 'var x = 1 //' + 'x' * 10_000_000, OK),
    'long_name': (P + 'var ' + 'x' * 10_000_000 + ' = y', ERROR),
    'long_string': (P + 'const x = "' + 'x' * 10_000_000 + '"', OK),
    'recursive_type': (P + 'type T struct { t T }', ERROR),
    'recursive_types': (P + ''.join(f'type T{i} struct {{ t T{(i + 1) % 3000} }}\n' for i in range(3000)), ERROR),
    'recursive_array': (P + 'type T [len(x)]int\nvar x T', ERROR),
    'recursive_iface': (P + 'type I interface { J }\ntype J interface { I }', ERROR),
    'expanding_generic': (P + 'func f[T any](n int, x T) { f[*T](n, &x) }\nfunc g() { f[int](3, 1) }', ERROR),
    'expanding_type': (P + 'type T[P any] struct { f *T[*P] }\nvar x T[int]', ERROR),
    'expanding_mutual': (P + 'func f[T any]() { g[[]T]() }\nfunc g[T any]() { f[map[string]T]() }\nvar _ = f[int]', ERROR),
    'self_constraint': (P + 'type T[P interface{ *T[P] }] int', None),
    'many_cases': (P + 'func f(x int) { switch x {' + ''.join(f'case {i}: ' for i in range(20000)) + '} }', OK),
    'nul': (P + 'var x = "\0"', ERROR),
    'not_utf8': (b'package p\nvar x = "\xff\xfe"\nvar \xc3( int', ERROR),
    'bom_inside': ('package p\n\ufeffvar x int', ERROR),
    'empty': ('', ERROR),
    'binary': (bytes(range(256)) * 4000, ERROR),
    'goto_storm': (P + 'func f() {' + ''.join(f'L{i}: goto L{(i * 7) % 5000}\n' for i in range(5000)) + '}', OK),
    'init_cycle': (P + ''.join(f'var x{i} = x{(i + 1) % 2000}\n' for i in range(2000)), ERROR),
    'huge_array': (P + 'var x [1<<60]int', ERROR),
}
failed = 0
for name, (text, want) in cases.items():
    path = os.path.join(out, name + '.go')
    with open(path, 'wb') as f:
        f.write(text if isinstance(text, bytes) else text.encode('utf-8', 'surrogatepass'))
    start = time.time()
    try:
        done = subprocess.run([stoat, 'compile', '-p', 'p', '-emit=types', '-o', path + '.types', path], capture_output=True, timeout=20,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)))
        status, text = done.returncode, (done.stdout + done.stderr).decode(errors='replace')
    except subprocess.TimeoutExpired:
        status, text = 'time-out', ''
    lines = text.strip().splitlines()
    bad = status not in (want or (0, 2)) or (status == 2 and (not lines or name + '.go:' not in lines[0])) or len(text) > 100_000_000
    if status != 0 and os.path.exists(path + '.types'):
        bad, lines = True, ['partial output left behind']
    if bad:
        failed += 1
        print(f'{name}: status {status} after {time.time() - start:.1f} s, wanted {want}: {(lines or [""])[0][:200]}')
print(f'{len(cases) - failed} passed, {failed} failed')
sys.exit(bool(failed))
