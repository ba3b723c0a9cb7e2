// The page as a whole: what is drawn when, and the tables.

let lowest = false; // whether the ranking begins with the smallest values

function redraw() {
  if (words.axes.length && words.scalars.length && map.x >= 0) {
    controls();
    drawMap();
  }
  showRanking();
  remember();
}

function showRanking() {
  if (!words.scalars.length || words.points < 2) return;
  const metric = words.scalars[map.metric], values = metric.values, order = [];
  for (let p = 0; p < words.points; p++) if (words.status[p] === done && !Number.isNaN(values[p])) order.push(p);
  order.sort((a, b) => (lowest ? values[a] - values[b] : values[b] - values[a]) || a - b);
  const heads = ['point', ...words.axes.map(a => withUnit(a.address, a.unit)), withUnit(metric.address, metric.unit)];
  const rows = order.slice(0, 10).map(p => make('tr', { class: p === map.point ? 'chosen' : null },
    make('td', {}, make('button', { type: 'button', onclick: () => choose(p), 'aria-label': `show point ${p}` }, String(p))),
    ...words.axes.map(a => make('td', { class: 'number' }, axisText(a, a.of[p]))), make('td', { class: 'number' }, show(values[p]))));
  byId('ranking').replaceChildren(make('thead', {}, make('tr', {}, ...heads.map((h, k) => make('th', { scope: 'col', class: k ? 'number' : null }, h)))), make('tbody', {}, ...rows));
  byId('ranking-title').replaceChildren('Points with the ', make('button', { type: 'button', id: 'turn', onclick: () => { lowest = !lowest; showRanking(); byId('turn').focus(); } }, lowest ? 'lowest' : 'highest'), ` ${metric.address}`);
}

function showFailed() {
  if (!words.faults.length) return;
  byId('failed').hidden = false;
  const rows = words.faults.map(f => make('tr', {},
    make('td', {}, make('button', { type: 'button', onclick: () => choose(f.point), 'aria-label': `show point ${f.point}` }, String(f.point))),
    make('td', {}, place(f.point)), make('td', { class: 'number' }, `${show(f.time)} s`), make('td', {}, f.node), make('td', {}, f.state)));
  byId('failed-table').replaceChildren(make('thead', {}, make('tr', {}, ...['point', 'where', 'time', 'region', 'state'].map(h => make('th', { scope: 'col' }, h)))), make('tbody', {}, ...rows));
}

function showBrain() {
  if (!words.connectome) return;
  byId('brain').hidden = false;
  const n = words.nodes.length;
  matrix(byId('connectome'), n, (i, j) => words.connectome[i * n + j] > 0 ? Math.log10(words.connectome[i * n + j]) : NaN, {
    colours: 'rising', limits: reach, name: 'log10 of the weight', xName: 'from region', yName: 'to region', tell: text => { byId('brain-title').textContent = `The connectome · ${text.replace(/:.*/, '')}`; },
  });
}

function showOrigin() {
  const fact = name => (words.facts.find(f => f[0] === name) || [])[1];
  byId('facts').replaceChildren(make('tbody', {}, ...words.facts.map(([name, value]) => make('tr', {}, make('th', { scope: 'row' }, name.replaceAll('_', ' ')), make('td', { class: 'wide' }, value)))));
  byId('job').textContent = words.job;
  const counts = [0, 0, 0];
  for (const s of words.status) counts[Math.min(s, 2)]++;
  const parts = [words.points === 1 ? 'one point' : `${words.points.toLocaleString('en')} points`, ...counts.map((n, k) => n ? `${n.toLocaleString('en')} ${fates[k]}` : '').filter(Boolean), `${words.nodes.length} regions`];
  if (fact('started')) parts.push(`run ${fact('started').slice(0, 10)}${fact('elapsed_s') ? ` in ${duration(Number(fact('elapsed_s')))}` : ''}${fact('devices') ? ` on ${fact('devices')}` : ''}`);
  if (fact('program')) parts.push(fact('program'));
  byId('lead').textContent = parts.join(' · ');
  if (words.leftOut.length) byId('lead').append(make('br'), `For want of room this page leaves out ${words.leftOut.length} metrics; the result file has them: ${words.leftOut.slice(0, 8).join(', ')}${words.leftOut.length > 8 ? ' …' : ''}`);
}

function duration(s) {
  if (s < 90) return `${Math.max(1, Math.round(s))} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return `${(s / 3600).toFixed(1)} h`;
}

// remember keeps what is shown in the address, so that a reload or a bookmark finds it again.
function remember() {
  const state = new URLSearchParams({ point: map.point });
  if (words.scalars.length) state.set('metric', words.scalars[map.metric].address);
  if (map.x >= 0) state.set('x', words.axes[map.x].address);
  state.set('y', map.y >= 0 ? words.axes[map.y].address : '');
  history.replaceState(null, '', '#' + state);
}

function recall() {
  const state = new URLSearchParams(location.hash.slice(1)), axis = name => words.axes.findIndex(a => a.address === name);
  const metric = words.scalars.findIndex(s => s.address === state.get('metric')), point = parseInt(state.get('point'), 10);
  if (metric >= 0) map.metric = metric;
  if (axis(state.get('x')) >= 0) map.x = axis(state.get('x'));
  if (state.has('y') && axis(state.get('y')) !== map.x) map.y = axis(state.get('y'));
  if (point >= 0 && point < words.points) map.point = point;
}

// lead chooses the point that is shown first: the one with the most of the map's metric.
function lead() {
  if (!words.scalars.length) return Math.max(0, words.status.indexOf(done));
  const values = words.scalars[map.metric].values;
  let best = -1;
  for (let p = 0; p < words.points; p++) if (words.status[p] === done && values[p] > (best < 0 ? -Infinity : values[best])) best = p;
  return Math.max(best, 0);
}

async function main() {
  try {
    await unpack();
  } catch (error) {
    byId('lead').textContent = `The numbers in this page cannot be read (${error.message}). It needs a browser of 2023 or later, and the whole file.`;
    return;
  }
  beginMap();
  recall();
  if (map.point < 0) map.point = lead();
  beginPoint();
  showOrigin();
  if (map.x >= 0 && words.scalars.length) byId('sweep').hidden = false;
  else document.querySelector('main').classList.add('alone');
  redraw();
  showPoint();
  showFailed();
  showBrain();
  byId('map').addEventListener('keydown', e => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!way) return;
    e.preventDefault();
    const next = picture.move(...way);
    if (next >= 0) choose(next);
  });
  const again = () => { redraw(); showFigures(map.point); showBrain(); };
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
  let width = innerWidth;
  addEventListener('resize', () => {
    if (innerWidth === width) return;
    width = innerWidth;
    again();
  });
  document.documentElement.dataset.ready = 'yes';
}

main();
