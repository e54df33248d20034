"""Hostile sources: the compiler ends each with status 2 and the expected first line, or with status 0, within the limits below.

Every case is compiled all the way to an archive. LIMIT_SECONDS is processor time (RLIMIT_CPU), LIMIT_BYTES resident memory (measured when the
process has ended; RLIMIT_AS stops what runs away). On failure no output may be left behind.
"""
import os, resource, shutil, subprocess, sys, time

LIMIT_SECONDS, LIMIT_BYTES, ADDRESS_SPACE = 20, 2 << 30, 8 << 30
out, stoat = sys.argv[1:3]
only = set(sys.argv[3:])
shutil.rmtree(out, ignore_errors=True)
os.makedirs(out)
N = 100_000
P = 'package p\n'
OK = ''            # compiled
NESTING = 'exceeded maximum nesting depth of 10000'
LIMIT = '(implementation limitation)'


def chain(line, n=N):
    return ''.join(line.format(i, i + 1) + '\n' for i in range(n))


def ring(line, n=N):
    return ''.join(line.format(i, (i + 1) % n) + '\n' for i in range(n))


# name: (source, what the first line of the errors has to hold)
cases = {
    # nesting
    'parens': (P + 'var x = ' + '(' * N + '1' + ')' * N, NESTING),
    'open_parens': (P + 'var x = ' + '(' * N, 'syntax error'),
    'blocks': (P + 'func f() ' + '{' * N + '}' * N, NESTING),
    'brackets': (P + 'var x = a' + '[' * N, 'syntax error'),
    'unary': (P + 'var y = 1\nvar x = ' + '-' * N + 'y', 'syntax error: unexpected --, expected expression'),
    'stars': (P + 'var x ' + '*' * N + 'int', NESTING),
    'array_types': (P + 'var x ' + '[1]' * N + 'int', NESTING),
    'func_types': (P + 'type T ' + 'func(' * N, 'syntax error'),
    'struct_types': (P + 'type T ' + 'struct{ x ' * N, 'syntax error'),
    'literals': (P + 'var x = ' + '[]any{' * N + '}' * N, NESTING),
    'calls': (P + 'var x = ' + 'f(' * N + ')' * N, NESTING),
    'ifs': (P + 'func f() { ' + 'if true {} else ' * N + '{} }', NESTING),
    'func_literals': (P + 'var f = ' + 'func() { _ = ' * 3000 + '1' + '}' * 3000, OK),
    'nested_blocks': (P + 'func f(x int) { ' + '{' * 9000 + '}' * 9000 + '}', OK),
    'nested_parens': (P + 'var y int; var x = ' + '(' * 9000 + 'y' + ')' * 9000, OK),
    'nested_conversions': (P + 'var x int; var y = ' + 'int(' * 9000 + 'x' + ')' * 9000, OK),
    # long expressions and lines
    'additions': (P + 'var y int\nvar x = y' + ' + y' * N, OK),
    'string_sum': (P + 'const x = "a"' + ' + "a"' * N + '\nvar y = x', OK),
    'long_line': (P + 'var x = 1 //' + 'x' * 10_000_000, OK),
    'long_name': (P + 'var ' + 'x' * 10_000_000 + ' = y', 'undefined: y'),
    'long_string': (P + 'const x = "' + 'x' * 10_000_000 + '"\nvar y = x', OK),
    'selectors': (P + 'type T struct { n *T }\nvar t *T\nvar y = t' + '.n' * N, NESTING),
    'many_cases': (P + 'func f(x int) { switch x {' + ''.join(f'case {i}: ' for i in range(20000)) + '} }', OK),
    'many_errors': (P + ''.join(f'var v{i} int = "x"\n' for i in range(N)), 'cannot use "x" (untyped string constant) as int value in variable declaration'),
    'goto_storm': (P + 'func f() {' + ''.join(f'L{i}: goto L{(i * 7) % 5000}\n' for i in range(5000)) + '}', OK),
    # constants
    'long_array': (P + 'var x = [1 << 30]byte{42}\nvar y = struct{ n string; a [1 << 28]int16 }{"x", [1 << 28]int16{1, 2}}', OK),
    'huge_shift': (P + 'const x = 1 << 100000\nvar y = x', 'invalid shift count 100000 (untyped int constant)'),
    'huge_shift_float': (P + 'var y = 1.0 << 1000000000', 'invalid shift count 1000000000 (untyped int constant)'),
    'shift_overflow': (P + 'const x = 1<<511<<511\nvar y int = x', 'constant shift overflow'),
    'huge_exponent': (P + 'const x = 1e1000000000\nvar y float64 = x', 'malformed constant: 1e1000000000'),
    'huge_digits': (P + 'const x = ' + '9' * 1_000_000 + '\nvar y int = x', 'excessively long constant: 9999999999... (1000000 chars)'),
    'repeated_square': (P + 'const a = 1<<500\nconst b = a*a*a*a*a*a*a*a\nvar x = b', 'constant multiplication overflow'),
    'powers': (P + 'const b0 = 1.1\n' + ''.join(f'const b{i} = b{i-1}*b{i-1}\n' for i in range(1, 60)) + 'var y float64 = b59', 'constant result is not representable'),
    'doubling_string': (P + 'const b0 = "xxxxxxxxxx"\n' + ''.join(f'const b{i} = b{i-1}+b{i-1}\n' for i in range(1, 60)) + 'var y = b59', 'constant result is not representable'),
    # types
    'recursive_type': (P + 'type T struct { t T }', 'invalid recursive type: T refers to itself'),
    'recursive_types': (P + ring('type T{} struct {{ t T{} }}'), 'invalid recursive type T0'),
    'recursive_array': (P + 'type T [len(x)]int\nvar x T', 'invalid recursive type T'),
    'recursive_iface': (P + 'type I interface { J }\ntype J interface { I }', 'invalid recursive type I'),
    'recursive_ifaces': (P + ring('type T{} interface {{ T{} }}'), 'invalid recursive type T0'),
    'recursive_names': (P + ring('type T{} T{}'), 'invalid recursive type T0'),
    'recursive_aliases': (P + ring('type T{} = T{}'), 'invalid recursive type T0'),
    'name_chain': (P + chain('type T{} T{}', 30_000) + 'type T30000 int\n', OK),
    'alias_chain': (P + chain('type T{} = T{}') + f'type T{N} int\nvar x T0\n', OK),
    'type_chain': (P + chain('type T{} struct {{ t T{} }}') + f'type T{N} int\n', LIMIT),
    'doubling_fields': (P + 'type T0 struct{}\n' + ''.join(f'type T{i} struct {{ a, b T{i-1} }}\n' for i in range(1, 64)) + 'var x, y T63\nvar z = x == y', 'too large'),
    'doubling_literals': (P + 'type A0 = int\n' + ''.join(f'type A{i} = struct{{ a, b *A{i-1} }}\n' for i in range(1, 64)) + 'var x A63\nvar y any = x', LIMIT),
    'huge_array': (P + 'var x [1<<60]int', 'larger than address space'),
    'sparse_array': (P + 'var a = [...]int{1<<40: 1}', 'symbol too large'),
    'sparse_slice': (P + 'var a = []byte{1<<31: 1}', 'symbol too large (2147483649 bytes > 2000000000 bytes)'),
    'sparse_small': (P + 'var a = []int{1<<26: 1}', OK),
    # generics
    'expanding_generic': (P + 'func f[T any](n int, x T) { f[*T](n, &x) }\nfunc g() { f[int](3, 1) }', 'instantiation cycle'),
    'expanding_type': (P + 'type T[P any] struct { f *T[*P] }\nvar x T[int]', 'instantiation cycle'),
    'expanding_value': (P + 'type T[P any] struct { f T[*P] }\nvar x T[int]', 'invalid recursive type'),
    'expanding_method': (P + 'type T[P any] struct { x P }\nfunc (t T[P]) m() { var u T[*P]; u.m() }\nvar x T[int]', 'instantiation cycle'),
    'expanding_mutual': (P + 'func f[T any]() { g[[]T]() }\nfunc g[T any]() { f[map[string]T]() }\nvar _ = f[int]', 'instantiation cycle'),
    'expanding_local': (P + 'func f[P any]() { type T struct { x P }; f[T]() }\nfunc g() { f[int]() }', 'instantiation cycle'),
    'doubling_arguments': (P + 'type G[P, Q any] struct{ a *P; b *Q }\ntype A0 = int\n' + ''.join(f'type A{i} = G[A{i-1}, A{i-1}]\n' for i in range(1, 64)) + 'var x A63', LIMIT),
    'doubling_instances': (P + 'type G[P any] struct{ a, b P }\nvar x ' + 'G[' * 60 + 'struct{}' + ']' * 60 + '\nvar z = x == x', 'too large'),
    'doubling_calls': (P + 'func f0[P any](x P) {}\n' + ''.join(f'func f{i}[P any](x P) {{ f{i-1}([]P(nil)); f{i-1}(map[string]P(nil)) }}\n' for i in range(1, 40)) + 'func g() { f39(1) }', 'too many instances'),
    'self_constraint': (P + 'type T[P interface{ *T[P] }] int', OK),
    # bytes
    'nul': (P + 'var x = "\0"', 'invalid NUL character'),
    'not_utf8': (b'package p\nvar x = "\xff\xfe"\nvar \xc3( int', 'invalid UTF-8 encoding'),
    'bom_inside': ('package p\n\ufeffvar x int', 'invalid BOM in the middle of the file'),
    'empty': ('', 'syntax error: package statement must be first'),
    'binary': (bytes(range(256)) * 4000, 'invalid '),
    'init_cycle': (P + ring('var x{} = x{}', 2000), 'initialization cycle'),
}


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT_SECONDS, LIMIT_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


failed = 0
ran = [c for c in cases.items() if not only or c[0] in only]
for name, (text, want) in ran:
    path, messages, archive = (os.path.join(out, name + end) for end in ('.go', '.txt', '.a'))
    with open(path, 'wb') as f:
        f.write(text if isinstance(text, bytes) else text.encode('utf-8', 'surrogatepass'))
    with open(messages, 'wb') as f:
        child = subprocess.Popen([stoat, 'compile', '-p', 'p', '-o', archive, path], stdout=f, stderr=f, preexec_fn=limits)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status = os.waitstatus_to_exitcode(status)
    with open(messages, errors='replace') as f:
        first = f.readline()[:300].rstrip('\n')
    seconds, memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024
    if want == OK:
        good = status == 0 and os.path.exists(archive)
    else:
        good = status == 2 and want in first and first.startswith(path + ':') and not os.path.exists(archive)
    good = good and seconds < LIMIT_SECONDS and memory < LIMIT_BYTES
    if only or not good:
        print(f'{name}: {"ok" if good else "FAILED"}: status {status}, {seconds:.1f} s, {memory >> 20} MB, wanted "{want}": {first}')
    failed += not good
    os.remove(path)
    if os.path.exists(archive):
        os.remove(archive)
left = [f for f in os.listdir(out) if not f.endswith('.txt')]
if left:
    print('left behind:', left)
print(f'{len(ran) - failed} passed, {failed} failed')
sys.exit(bool(failed or left))
