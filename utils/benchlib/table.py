"""Rows of the comparison: printed as they come, written as TSV at the end."""


class Table:
    def __init__(self):
        self.rows = []

    def add(self, name, gc, stoat, unit, bound=None):
        # Both nothing is even; something against nothing is as bad as can be.
        ratio = stoat / gc if gc else (1.0 if not stoat else float('inf'))
        self.rows.append((name, gc, stoat, ratio, bound, unit))
        verdict = '' if bound is None else f'  bound {bound:g}: ' + ('ok' if ratio <= bound else 'MISSED')
        print(f'{name:28} gc {gc:12.3f} {unit:5} stoat {stoat:12.3f} {unit:5} ratio {ratio:6.2f}{verdict}', flush=True)

    def write(self, path):
        with open(path, 'w') as tsv:
            for name, gc, stoat, ratio, bound, unit in self.rows:
                tsv.write(f'{name}\t{gc:.4f}\t{stoat:.4f}\t{ratio:.3f}\t{bound if bound is not None else ""}\t{unit}\n')

    def missed(self):
        return [row[0] for row in self.rows if row[4] is not None and row[3] > row[4]]
