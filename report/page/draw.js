// Pictures on a canvas: cells with colours, dots, a bar that explains the colours. Curves are uPlot's.

function paint(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

// ramp makes 256 colours, as [r, g, b], of the stops of a colour map.
function ramp(name) {
  const stops = words.colours[name].map(h => [1, 3, 5].map(i => parseInt(h.slice(i, i + 2), 16)));
  return Array.from({ length: 256 }, (_, k) => {
    const t = k / 255 * (stops.length - 1), i = Math.min(Math.floor(t), stops.length - 2);
    return stops[i].map((a, c) => Math.round(a + (t - i) * (stops[i + 1][c] - a)));
  });
}

// colourOf gives the colour of a value between limits, null for what is no number.
function colourOf(colours, limits, v) {
  if (Number.isNaN(v)) return null;
  const t = limits[1] > limits[0] ? (v - limits[0]) / (limits[1] - limits[0]) : 0.5;
  return colours[Math.round(255 * Math.min(1, Math.max(0, t)))];
}

function reach(values) {
  let least = Infinity, most = -Infinity;
  for (const v of values) {
    if (Number.isFinite(v)) {
      if (v < least) least = v;
      if (v > most) most = v;
    }
  }
  return least <= most ? [least, most] : [NaN, NaN];
}

// sheet puts an empty canvas into a box, as sharp as the screen, and gives what is needed to draw on it.
function sheet(box, height, margins) {
  const width = Math.max(240, Math.floor(box.clientWidth));
  let canvas = box.querySelector('canvas');
  if (!canvas) {
    canvas = make('canvas', { role: 'img' });
    box.replaceChildren(canvas);
  }
  const dense = window.devicePixelRatio || 1;
  canvas.width = width * dense;
  canvas.height = height * dense;
  canvas.style.width = width + 'px';
  canvas.style.height = height + 'px';
  const c = canvas.getContext('2d');
  c.scale(dense, dense);
  c.font = '12px system-ui, "DejaVu Sans", sans-serif';
  const [top, right, bottom, left] = margins;
  return { canvas, c, left, top, width: width - left - right, height: height - top - bottom };
}

// cells draws nx times ny values, row 0 at the bottom or, with down, at the top.
function cells(s, nx, ny, values, colours, limits, down = false) {
  const none = paint('--none').match(/\w\w/g).map(h => parseInt(h, 16));
  const small = new OffscreenCanvas(nx, ny), image = new ImageData(nx, ny);
  for (let y = 0; y < ny; y++) {
    const row = down ? y : ny - 1 - y;
    for (let x = 0; x < nx; x++) {
      const [r, g, b] = colourOf(colours, limits, values[y * nx + x]) || none;
      image.data.set([r, g, b, 255], 4 * (row * nx + x));
    }
  }
  small.getContext('2d').putImageData(image, 0, 0);
  s.c.imageSmoothingEnabled = false;
  s.c.drawImage(small, s.left, s.top, s.width, s.height);
}

// some chooses at most so many of n places, evenly.
function some(n, most) {
  const every = Math.max(1, Math.ceil(n / most));
  return Array.from({ length: Math.ceil(n / every) }, (_, i) => i * every);
}

function fit(c, text, room) {
  if (c.measureText(text).width <= room) return text;
  while (text.length > 1 && c.measureText(text + '…').width > room) text = text.slice(0, -1);
  return text + '…';
}

// label writes the ticks and names of both axes; a tick is [position from 0 to 1, text].
function label(s, across, up, xName, yName) {
  const c = s.c;
  c.fillStyle = paint('--ink');
  c.textAlign = 'center';
  c.textBaseline = 'top';
  let end = -Infinity;
  for (const [t, text] of across) {
    const x = s.left + t * s.width, half = c.measureText(text).width / 2;
    if (x - half < end + 6) continue;
    c.fillText(text, x, s.top + s.height + 6);
    end = x + half;
  }
  c.textAlign = 'right';
  c.textBaseline = 'middle';
  let last = Infinity;
  for (const [t, text] of up) {
    const y = s.top + (1 - t) * s.height;
    if (y > last - 14) continue;
    c.fillText(fit(c, text, s.left - 26), s.left - 6, y);
    last = y;
  }
  c.fillStyle = paint('--soft');
  c.textAlign = 'center';
  c.textBaseline = 'bottom';
  c.fillText(fit(c, xName, s.width), s.left + s.width / 2, s.top + s.height + 40);
  c.save();
  c.translate(12, s.top + s.height / 2);
  c.rotate(-Math.PI / 2);
  c.textBaseline = 'middle';
  c.fillText(fit(c, yName, s.height), 0, 0);
  c.restore();
}

// bar explains the colours, right of the picture.
function bar(s, colours, limits, name) {
  const c = s.c, x = s.left + s.width + 14, wide = 12;
  for (let k = 0; k < 256; k++) {
    c.fillStyle = `rgb(${colours[k]})`;
    c.fillRect(x, s.top + s.height * (1 - (k + 1) / 256), wide, s.height / 256 + 1);
  }
  c.fillStyle = paint('--ink');
  c.textAlign = 'left';
  c.textBaseline = 'middle';
  if (Number.isFinite(limits[0])) {
    const span = limits[1] - limits[0], digits = span > 0 ? Math.min(7, 2 + Math.ceil(Math.log10(Math.max(...limits.map(Math.abs)) / span) + 1e-9)) : 5;
    for (const t of span > 0 ? [0, 0.25, 0.5, 0.75, 1] : [0.5]) {
      c.fillText(show(limits[0] + t * span, Math.max(3, digits)), x + wide + 5, s.top + s.height * (1 - t));
    }
  }
  c.save();
  c.translate(x + wide + 58, s.top + s.height / 2);
  c.rotate(-Math.PI / 2);
  c.textAlign = 'center';
  c.fillStyle = paint('--soft');
  c.fillText(fit(c, name, s.height), 0, 0);
  c.restore();
}

// matrix draws an n x n matrix with names of nodes, the first row at the top, and tells what lies under the pointer.
function matrix(box, n, at, o) {
  const values = Float64Array.from({ length: n * n }, (_, k) => at(Math.floor(k / n), k % n));
  const colours = ramp(o.colours), limits = o.limits(values);
  const side = Math.min(Math.max(240, box.clientWidth) - 80 - 98, 420);
  const s = sheet(box, side + 56, [8, Math.max(98, box.clientWidth - 80 - side), 48, 80]);
  s.width = side;
  cells(s, n, n, values, colours, limits, true);
  const ticks = some(n, 6);
  label(s, ticks.map(i => [(i + 0.5) / n, words.nodes[i]]), ticks.toReversed().map(i => [1 - (i + 0.5) / n, words.nodes[i]]), o.xName, o.yName);
  bar(s, colours, limits, o.name);
  s.canvas.setAttribute('aria-label', `${o.name}: ${n} by ${n} regions, from ${show(limits[0], 3)} to ${show(limits[1], 3)}`);
  s.canvas.onmousemove = e => {
    const i = Math.floor((e.offsetY - s.top) / side * n), j = Math.floor((e.offsetX - s.left) / side * n);
    if (i >= 0 && j >= 0 && i < n && j < n) o.tell(`${words.nodes[i]} – ${words.nodes[j]}: ${show(values[i * n + j])}`);
  };
}

// evenLimits lie evenly around zero, at the largest value off the diagonal rounded up to a tenth.
function evenLimits(values) {
  const n = Math.sqrt(values.length);
  let most = 0;
  values.forEach((v, k) => { if (Math.floor(k / n) !== k % n && Math.abs(v) > most) most = Math.abs(v); });
  most = Math.max(0.1, Math.ceil(most * 10 - 1e-9) / 10);
  return [-most, most];
}

// curve draws curves over x; band are two more series between which it fills.
function curve(box, x, ys, o) {
  const decades = (_, splits) => {
    const whole = v => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9;
    const every = Math.ceil(splits.filter(whole).length / 6);
    return splits.map(v => whole(v) && Math.round(Math.log10(v)) % every === 0 ? v : null);
  };
  const axis = (name, size, log) => ({
    label: name, stroke: paint('--ink'), size, labelSize: 20, labelFont: '12px system-ui, "DejaVu Sans", sans-serif', font: '12px system-ui, "DejaVu Sans", sans-serif',
    ...(log ? { filter: decades } : {}), grid: { stroke: paint('--line'), width: 1, ...(log ? { filter: decades } : {}) }, ticks: { stroke: paint('--line'), width: 1, ...(log ? { filter: decades } : {}) },
    values: (_, splits) => splits.map(v => v === null ? '' : show(v, 4)),
  });
  const series = [{ label: o.xName, value: (_, v) => show(v) }];
  o.names.forEach((name, k) => series.push({
    label: name, value: (_, v) => show(v), stroke: o.names.length === 1 || k === 0 ? paint('--curve') : paint('--band'),
    width: k === 0 ? 1.5 : 1, points: { show: o.points || false, size: 7 },
  }));
  const scale = log => log ? { distr: 3, time: false } : { time: false };
  box.replaceChildren();
  const u = new uPlot({
    width: Math.max(240, box.clientWidth), height: o.height || 240, series,
    scales: { x: scale(o.xLog), y: scale(o.yLog) },
    axes: [axis(o.xName, 40, o.xLog), axis(o.yName, 64, o.yLog)],
    bands: o.names.length === 3 ? [{ series: [3, 2], fill: paint('--band') }] : [],
    cursor: { drag: { x: true, y: false } }, legend: { live: true },
  }, [Array.from(x), ...ys.map(y => Array.from(y, v => Number.isFinite(v) ? v : null))], box);
  u.ctx.canvas.setAttribute('role', 'img');
  u.ctx.canvas.setAttribute('aria-label', `${o.yName} over ${o.xName}, from ${reach(ys[0]).map(v => show(v, 3)).join(' to ')}`);
  return u;
}
