"""What a LIT server says: served.py URL ENDPOINT [NAME=VALUE ...] prints the answer; inputs=ID,ID are those of the request. served.py URL same DIR holds
the answers against all files of the bundle, for every field of every row, and prints how many values there were."""
import json
import pathlib
import sys
import urllib.parse
import urllib.request


def ask(url, endpoint, inputs=None, **query):
    body = json.dumps({'inputs': inputs}).encode() if inputs is not None else b''
    request = urllib.request.Request(f'{url}/{endpoint}?{urllib.parse.urlencode(query)}', body, {'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)


def differ(what, here, there):
    if here != there:
        sys.exit(f'{what}: {here} here, {there} there')


def same_types(what, spec, path):
    """Each attribute that the file states is served; LIT adds others with their defaults."""
    written = json.loads(pathlib.Path(f'{path}.spec').read_text())
    differ(what, list(written), list(spec))
    for field, attributes in written.items():
        for name, value in attributes.items():
            differ(f'{what} {field} {name}', value, spec[field][name])


def same(url, directory):
    manifest = json.loads((directory / 'MANIFEST.json').read_text())
    info, values = ask(url, 'get_info'), 0
    for dataset in manifest['datasets']:
        name, path = dataset['name'], directory / dataset['path']
        rows = [json.loads(line) for line in path.open()]
        same_types(name, info['datasets'][name]['spec'], path)
        served = ask(url, 'get_dataset', dataset_name=name)
        differ(name + ' rows', len(rows), len(served))
        for here, there in zip(rows, served):
            differ(here['id'], here, there)
            values += len(here['data'])
        for model in dataset['models']:
            path = directory / model['path']
            same_types(model['name'], info['models'][model['name']]['spec']['output'], path)
            served = ask(url, 'get_preds', [row['id'] for row in rows], dataset_name=name, model=model['name'])
            for line, there in zip(path.open(), served, strict=True):
                here = json.loads(line)
                differ(here['id'], here['data'], there)
                values += len(here['data'])
    print(values)


def main():
    url, what, *rest = sys.argv[1:]
    if what == 'same':
        return same(url, pathlib.Path(rest[0]))
    query = dict(pair.split('=', 1) for pair in rest)
    inputs = query.pop('inputs').split(',') if 'inputs' in query else None
    print(json.dumps(ask(url, what, inputs, **query)))


if __name__ == '__main__':
    main()
