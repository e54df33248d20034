# lit configuration of all of test/: `utils/t test/check/foo.go`, or lit on any folder.
import os
import lit.formats

config.name = 'stoat'
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = ['.go', '.mir', '.test', '.txt']
config.excludes = ['unit', 'barriers', 'stress', 'conformance', 'bench', 'Inputs', 'testdata', 'README.md', 'CMakeLists.txt', 'expected_failures.txt']
config.test_source_root = os.path.dirname(__file__)
root = os.path.dirname(config.test_source_root)
build = lit_config.params.get('build', os.path.join(root, 'build'))
config.test_exec_root = os.path.join(build, 'test')
config.environment['GOROOT'] = os.path.join(build, 'goroot')
for name in ('GOCACHE', 'GOPATH', 'HOME', 'GOARCH', 'GOPROXY', 'GOFLAGS', 'GOMODCACHE', 'CCACHE_DIR'):
    if name in os.environ:
        config.environment[name] = os.environ[name]
config.environment['PATH'] = '/usr/lib/llvm-22/bin' + os.pathsep + os.environ['PATH']
config.substitutions += [
    ('%stoat', os.path.join(build, 'bin', 'stoat')),
    # %run FILE.go [modes...]: builds the program with Stoat, runs it in several modes, compares with FILE.out
    ('%run', os.path.join(root, 'utils', 'run_program')),
    ('%goroot', os.path.join(build, 'goroot')),
    ('%root', root),
    ('%build', build),
]
