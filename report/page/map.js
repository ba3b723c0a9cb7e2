// The map of a metric over the sweep. Axes that are not in the picture are held at a value, or averaged.
const map = { metric: 0, x: -1, y: -1, held: [], point: -1 };
const average = -1;

function varying() { return words.axes.map((_, k) => k).filter(k => words.axes[k].values.length > 1 || (words.axes[k].texts || []).length > 1); }

function lengthOf(axis) { return axis.texts ? axis.texts.length : axis.values.length; }

function beginMap() {
  const axes = varying();
  map.metric = words.first;
  map.x = axes.length > 0 ? axes[0] : -1;
  map.y = axes.length > 1 ? axes[1] : -1;
  map.held = words.axes.map(() => average);
}

// isGrid tells whether the axes in the picture make cells; else every point is a dot where it lies.
function isGrid() {
  if (map.y < 0) return true;
  return words.mode === 'grid' || lengthOf(words.axes[map.x]) * lengthOf(words.axes[map.y]) <= words.points;
}

// shown tells whether a point is in the picture.
function shown(point) {
  if (words.status[point] !== done) return false;
  return words.axes.every((a, k) => k === map.x || k === map.y || map.held[k] === average || a.of[point] === map.held[k]);
}

// collect averages the metric over the points of each cell, and remembers the first point of each.
function collect() {
  const x = words.axes[map.x], y = map.y < 0 ? null : words.axes[map.y];
  const nx = lengthOf(x), ny = y ? lengthOf(y) : 1, values = words.scalars[map.metric].values;
  const sums = new Float64Array(nx * ny), counts = new Float64Array(nx * ny), first = new Int32Array(nx * ny).fill(-1);
  for (let p = 0; p < words.points; p++) {
    if (!shown(p)) continue;
    const cell = (y ? y.of[p] * nx : 0) + x.of[p];
    if (first[cell] < 0) first[cell] = p;
    if (Number.isFinite(values[p])) {
      sums[cell] += values[p];
      counts[cell]++;
    }
  }
  return { nx, ny, first, counts, values: sums.map((s, i) => s / counts[i]) };
}

let picture = null; // of the map, as drawn last

function drawMap() {
  const metric = words.scalars[map.metric], box = byId('map'), name = withUnit(metric.address, metric.unit);
  byId('metric-about').textContent = metric.about;
  if (map.y < 0) picture = line(box, name);
  else picture = isGrid() ? squares(box, name) : dots(box, name);
  tellSpot(map.point);
}

const mapHeight = box => Math.round(Math.min(460, Math.max(280, box.clientWidth * 0.72)));

function ticksOf(axis) {
  const n = lengthOf(axis);
  return some(n, 7).map(i => [(i + 0.5) / n, axisText(axis, i)]);
}

function squares(box, name) {
  const x = words.axes[map.x], y = words.axes[map.y], grid = collect(), colours = ramp('rising'), limits = reach(grid.values);
  const s = sheet(box, mapHeight(box), [8, 98, 48, 84]);
  cells(s, grid.nx, grid.ny, grid.values, colours, limits);
  label(s, ticksOf(x), ticksOf(y), withUnit(x.address, x.unit), withUnit(y.address, y.unit));
  bar(s, colours, limits, name);
  const wide = s.width / grid.nx, tall = s.height / grid.ny;
  if (map.point >= 0) {
    const [i, j] = [x.of[map.point], y.of[map.point]];
    s.c.lineWidth = 2.5;
    s.c.strokeStyle = paint('--mark');
    s.c.strokeRect(s.left + i * wide - 1, s.top + s.height - (j + 1) * tall - 1, Math.max(wide, 3) + 2, Math.max(tall, 3) + 2);
  }
  const summary = `${name} over ${x.address} and ${y.address}, from ${show(limits[0], 3)} to ${show(limits[1], 3)}`;
  s.canvas.setAttribute('aria-label', summary);
  s.canvas.className = 'clickable';
  const under = e => {
    const i = Math.floor((e.offsetX - s.left) / wide), j = Math.floor((s.top + s.height - e.offsetY) / tall);
    return i >= 0 && j >= 0 && i < grid.nx && j < grid.ny ? grid.first[j * grid.nx + i] : -1;
  };
  listen(s.canvas, under);
  return {
    grid,
    move(dx, dy) {
      let [i, j] = map.point < 0 ? [0, 0] : [x.of[map.point] + dx, y.of[map.point] + dy];
      while (i >= 0 && j >= 0 && i < grid.nx && j < grid.ny) {
        if (grid.first[j * grid.nx + i] >= 0) return grid.first[j * grid.nx + i];
        i += dx;
        j += dy;
        if (dx === 0 && dy === 0) break;
      }
      return -1;
    },
  };
}

// spread gives the place of a value between the ends of its axis, in decades where it spans many.
function spread(axis) {
  const n = lengthOf(axis);
  if (axis.texts) return { at: i => (i + 0.5) / n, ticks: ticksOf(axis) };
  const [a, b] = [axis.values[0], axis.values[n - 1]];
  const wide = a > 0 && b / a > 50, of = wide ? Math.log : v => v;
  const t = v => 0.03 + 0.94 * (of(v) - of(a)) / (of(b) - of(a));
  const steps = [0, 0.25, 0.5, 0.75, 1].map(u => wide ? a * (b / a) ** u : a + u * (b - a));
  return { at: i => t(axis.values[i]), ticks: steps.map(v => [t(v), show(v, 3)]) };
}

function dots(box, name) {
  const x = words.axes[map.x], y = words.axes[map.y], values = words.scalars[map.metric].values, [sx, sy] = [spread(x), spread(y)];
  const s = sheet(box, mapHeight(box), [8, 98, 48, 84]), colours = ramp('rising'), found = [];
  for (let p = 0; p < words.points; p++) if (shown(p)) found.push(p);
  const limits = reach(found.map(p => values[p])), radius = Math.min(7, Math.max(2, 60 / Math.sqrt(found.length + 1)));
  const where = p => [s.left + sx.at(x.of[p]) * s.width, s.top + (1 - sy.at(y.of[p])) * s.height];
  for (const p of found) {
    const colour = colourOf(colours, limits, values[p]);
    s.c.fillStyle = colour ? `rgb(${colour})` : paint('--none');
    s.c.beginPath();
    s.c.arc(...where(p), radius, 0, 7);
    s.c.fill();
  }
  if (map.point >= 0) {
    s.c.strokeStyle = paint('--mark');
    s.c.lineWidth = 2.5;
    s.c.beginPath();
    s.c.arc(...where(map.point), radius + 3, 0, 7);
    s.c.stroke();
  }
  s.c.strokeStyle = paint('--line');
  s.c.lineWidth = 1;
  s.c.strokeRect(s.left, s.top, s.width, s.height);
  label(s, sx.ticks, sy.ticks, withUnit(x.address, x.unit), withUnit(y.address, y.unit));
  bar(s, colours, limits, name);
  s.canvas.setAttribute('aria-label', `${name} at ${found.length} points over ${x.address} and ${y.address}, from ${show(limits[0], 3)} to ${show(limits[1], 3)}`);
  s.canvas.className = 'clickable';
  listen(s.canvas, e => {
    let best = -1, least = (radius + 8) ** 2;
    for (const p of found) {
      const [a, b] = where(p), far = (a - e.offsetX) ** 2 + (b - e.offsetY) ** 2;
      if (far < least) [best, least] = [p, far];
    }
    return best;
  });
  return { move: (dx, dy) => found[Math.max(0, found.indexOf(map.point)) + Math.sign(dx + dy)] ?? -1 };
}

function line(box, name) {
  const x = words.axes[map.x], grid = collect(), xs = x.texts ? x.texts.map((_, i) => i) : Array.from(x.values);
  const logs = !x.texts && x.values[0] > 0 && (x.log || x.values.at(-1) / x.values[0] > 50);
  const u = curve(box, xs, [grid.values], { names: [name], xName: withUnit(x.address, x.unit), yName: name, height: 300, points: grid.nx <= 60, xLog: logs });
  u.over.className += ' clickable';
  u.over.addEventListener('click', () => { if (u.cursor.idx !== null && grid.first[u.cursor.idx] >= 0) choose(grid.first[u.cursor.idx]); });
  return {
    move(dx) {
      for (let i = map.point < 0 ? 0 : x.of[map.point] + dx; i >= 0 && i < grid.nx; i += dx) if (grid.first[i] >= 0) return grid.first[i];
      return -1;
    },
  };
}

function listen(canvas, under) {
  canvas.onmousemove = e => tellSpot(under(e) >= 0 ? under(e) : map.point);
  canvas.onmouseleave = () => tellSpot(map.point);
  canvas.onclick = e => { if (under(e) >= 0) choose(under(e)); };
}

// tellSpot says in words what the picture shows of a point.
function tellSpot(point) {
  if (point < 0) {
    byId('spot').textContent = 'A click on the map, or the arrow keys, choose a point.';
    return;
  }
  const metric = words.scalars[map.metric], many = picture.grid && picture.grid.counts[words.axes[map.y].of[point] * picture.grid.nx + words.axes[map.x].of[point]];
  const value = v => show(v) + (metric.unit ? ` ${metric.unit}` : '');
  let text = `Point ${point}: ${place(point)}: ${value(metric.values[point])}`;
  if (many > 1) {
    const g = picture.grid;
    text += `; mean of ${many} points here ${value(g.values[words.axes[map.y].of[point] * g.nx + words.axes[map.x].of[point]])}`;
  }
  byId('spot').textContent = text;
}

// controls builds the choices above the map.
function controls() {
  const option = (value, text, now) => make('option', { value, selected: value === now }, text);
  const pick = (id, title, options, act) => make('label', {}, title, make('select', { id, onchange: e => { act(Number(e.target.value)); redraw(); } }, ...options));
  const axes = varying(), box = byId('controls');
  const parts = [pick('metric', 'Metric', words.scalars.map((s, k) => option(k, s.address, map.metric)), k => { map.metric = k; })];
  if (axes.length > 1) {
    const names = (now, none) => [...(none ? [option(-1, 'nothing: curves', now)] : []), ...axes.map(k => option(k, words.axes[k].address, now))];
    parts.push(pick('x-axis', 'across', names(map.x), k => { if (k === map.y) map.y = map.x; map.x = k; }));
    parts.push(pick('y-axis', 'up', names(map.y, true), k => { if (k === map.x) map.x = map.y < 0 ? axes.find(a => a !== k) : map.y; map.y = k; }));
  }
  for (const k of axes) {
    if (k !== map.x && k !== map.y && isGrid()) parts.push(stepper(k));
  }
  box.replaceChildren(...parts);
}

// stepper goes through the values of an axis that is not in the picture.
function stepper(k) {
  const axis = words.axes[k], n = lengthOf(axis);
  const set = i => { map.held[k] = i; redraw(); byId(`held-${k}`).focus(); };
  const options = Array.from({ length: n + 1 }, (_, i) => make('option', { value: i - 1, selected: map.held[k] === i - 1 }, i === 0 ? `mean over all ${n}` : `${axisText(axis, i - 1)} ${axis.unit}`));
  return make('div', {}, make('label', { for: `held-${k}` }, axis.address), make('span', { class: 'stepper' },
    make('button', { type: 'button', 'aria-label': `${axis.address}: one value down`, onclick: () => set(Math.max(average, map.held[k] - 1)) }, '◀'),
    make('select', { id: `held-${k}`, onchange: e => set(Number(e.target.value)) }, ...options),
    make('button', { type: 'button', 'aria-label': `${axis.address}: one value up`, onclick: () => set(Math.min(n - 1, map.held[k] + 1)) }, '▶')));
}
