// What the page has of one point.

// choose shows a point, and holds the axes beside the picture at its values if they are held at all.
function choose(point) {
  map.point = point;
  words.axes.forEach((axis, k) => { if (map.held[k] !== average) map.held[k] = axis.of[point]; });
  redraw();
  showPoint();
}

function showPoint() {
  const point = map.point, fault = words.faults.find(f => f.point === point);
  byId('point-title').textContent = `Point ${point}`;
  byId('point-number').value = point;
  const status = byId('point-status');
  status.textContent = fates[words.status[point]] + (fault ? `: ${fault.state} of ${fault.node} at ${show(fault.time)} s` : '');
  status.className = words.status[point] === done ? 'good' : 'bad';
  byId('parameters').replaceChildren(...words.axes.map(a => make('div', {}, make('dt', {}, a.address), make('dd', {}, `${axisText(a, a.of[point])} ${a.unit}`))));
  byId('rerun').textContent = rerun(point);
  showFigures(point);
  showMetrics(point);
}

// alone are the changes to the job that leave a point alone. A cohort's points are each subject's, and of these each
// place in the sweep's with all its seeds.
function alone(point) {
  const subjects = words.axes.findIndex(a => a.address === 'subject' && a.texts);
  if (subjects < 0) return words.points > 1 ? [`sweep.only=${point}`] : [];
  const subject = words.axes[subjects], last = words.axes.at(-1), seeded = last.address === 'run.seed' && /^\s*seeds\s*=/m.test(words.job);
  const seeds = seeded ? lengthOf(last) : 1, place = Math.floor(point % (words.points / lengthOf(subject)) / seeds);
  const changes = [`cohort.subjects=["${subject.texts[subject.of[point]]}"]`];
  if (words.axes.length > (seeded ? 2 : 1)) changes.push(`sweep.only=${place}`);
  return seeded ? [...changes, 'cohort.seeds=1', `run.seed=${last.values[last.of[point]]}`] : changes;
}

// rerun is the line that runs a point alone.
function rerun(point) {
  const quote = t => /^[\w.,:=+\/-]+$/.test(t) ? t : `'${t.replace(/'/g, `'\\''`)}'`;
  const sets = [...words.set, ...alone(point)].map(s => ` --set ${quote(s)}`).join('');
  return `brainsweep run job.toml${sets} -o point-${point}.h5`;
}

function showFigures(point) {
  const box = byId('figures'), parts = [];
  const add = (detail, draw) => {
    const values = valuesAt(detail, point);
    if (!values) return;
    const picture = make('div', { class: 'picture' }), note = make('span', { class: 'note' });
    const figure = make('figure', { 'data-address': detail.address }, make('figcaption', {}, make('strong', {}, detail.address), detail.about ? ` – ${detail.about} ` : ' ', note), picture);
    parts.push([figure, () => draw(picture, values, text => { note.textContent = text ? ` · ${text}` : ''; })]);
  };
  for (const d of words.series) add(d, (picture, values, note) => drawSeries(d, picture, values, note));
  for (const d of words.matrices) add(d, (picture, values, note) => drawMatrixOf(d, picture, values, note));
  for (const d of words.curves) add(d, (picture, values) => drawCurve(d, picture, values));
  const any = words.series.length + words.matrices.length + words.curves.length;
  box.replaceChildren(...parts.map(p => p[0]));
  if (parts.length === 0 && any && words.status[point] === done) {
    box.append(make('figure', { class: 'empty' }, 'The page has no series, matrices and spectra of this point, for want of room. The line below computes them again; ',
      make('code', {}, 'brainsweep plot'), ' draws what the result file has.'));
  }
  parts.forEach(p => p[1]());
}

function drawSeries(d, picture, values, note) {
  const n = d.x.length, rows = [0, 1, 2].map(k => values.subarray(k * n, (k + 1) * n));
  const names = d.nodes > 1 ? ['mean', 'least', 'greatest'] : [d.address];
  if (d.nodes > 1) note(`mean over ${d.nodes} regions, and their range`);
  curve(picture, d.x, rows.slice(0, names.length), { names, xName: 'time [s]', yName: withUnit(d.address, d.unit) });
}

function drawMatrixOf(d, picture, values, note) {
  const n = d.nodes, row = i => i * n - i * (i - 1) / 2 - i; // where row i of a triangle begins, less its first column
  const at = d.triangle ? (i, j) => i <= j ? values[row(i) + j] : values[row(j) + i] : (i, j) => values[i * n + j];
  const signed = !/plv|pli|coherence/.test(d.address);
  matrix(picture, n, at, {
    colours: signed ? 'signed' : 'rising', limits: signed ? evenLimits : reach, name: withUnit(d.address, d.unit), xName: 'region', yName: 'region', tell: note,
  });
}

function drawCurve(d, picture, values) {
  const spectrum = /frequency/.test(d.xName), keep = [];
  d.x.forEach((x, i) => { if (!spectrum || (x > 0 && values[i] > 0)) keep.push(i); });
  if (keep.length === 0) {
    picture.textContent = 'no value above zero';
    return;
  }
  curve(picture, keep.map(i => d.x[i]), [keep.map(i => values[i])], {
    names: [d.address], xName: withUnit(d.xName.replaceAll('_', ' '), d.xUnit), yName: withUnit(d.address, d.unit), xLog: spectrum, yLog: spectrum,
  });
}

function showMetrics(point) {
  const wanted = byId('metric-filter').value.toLowerCase();
  const rows = words.scalars.filter(s => s.address.toLowerCase().includes(wanted) || s.about.toLowerCase().includes(wanted)).map(s => make('tr', {},
    make('td', {}, s.address), make('td', { class: 'number' }, `${show(s.values[point])} ${s.unit}`), make('td', {}, s.about)));
  byId('metric-table').replaceChildren(make('thead', {}, make('tr', {}, make('th', { scope: 'col' }, 'metric'), make('th', { scope: 'col', class: 'number' }, 'value'), make('th', { scope: 'col' }, 'what it is'))),
    make('tbody', {}, ...rows));
}

// beginPoint builds what stands above the point's figures.
function beginPoint() {
  const step = by => () => choose(Math.min(words.points - 1, Math.max(0, map.point + by)));
  byId('point-controls').replaceChildren(make('div', {}, make('label', { for: 'point-number' }, `Number, 0 to ${words.points - 1}`), make('span', { class: 'stepper' },
    make('button', { type: 'button', 'aria-label': 'the point before', onclick: step(-1) }, '◀'),
    make('input', { id: 'point-number', type: 'number', min: 0, max: words.points - 1, onchange: e => {
      const n = Math.round(Number(e.target.value));
      if (n >= 0 && n < words.points) choose(n); else e.target.value = map.point;
    } }),
    make('button', { type: 'button', 'aria-label': 'the next point', onclick: step(1) }, '▶'))));
  byId('metric-filter').addEventListener('input', () => showMetrics(map.point));
  byId('copy').addEventListener('click', async e => {
    const button = e.currentTarget;
    try {
      await navigator.clipboard.writeText(byId('rerun').textContent);
      button.textContent = 'Copied';
    } catch {
      getSelection().selectAllChildren(byId('rerun'));
      button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  });
  if (words.job) byId('job-link').href = URL.createObjectURL(new Blob([words.job], { type: 'application/toml' }));
}
