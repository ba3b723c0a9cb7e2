// What the page holds: words as JSON, numbers as arrays that lie in one buffer.
let words, buffer;

async function unpack() {
  words = JSON.parse(document.getElementById('words').textContent);
  const box = document.getElementById('numbers');
  const packed = await fetch('data:application/octet-stream;base64,' + box.textContent);
  box.remove();
  buffer = await new Response(packed.body.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  for (const axis of words.axes) {
    axis.values = look(axis.values);
    axis.of = look(axis.of);
  }
  words.status = look(words.status);
  for (const scalar of words.scalars) scalar.values = look(scalar.values);
  for (const kind of [words.series, words.matrices, words.curves]) {
    for (const detail of kind) {
      detail.points = look(detail.points);
      detail.values = look(detail.values);
      detail.x = look(detail.x);
    }
  }
  if (words.connectome) words.connectome = look(words.connectome);
}

const arrays = { Uint8: Uint8Array, Uint32: Uint32Array, Float32: Float32Array, Float64: Float64Array };

// look gives the numbers of a reference, in place.
function look(ref) {
  return ref.kind ? new arrays[ref.kind](buffer, ref.at, ref.length) : new Float64Array(0);
}

// valuesAt gives a detail's numbers at a point, null where the page has none.
function valuesAt(detail, point) {
  let low = 0, high = detail.points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (detail.points[middle] < point) low = middle + 1; else high = middle;
  }
  if (detail.points[low] !== point) return null;
  return detail.values.subarray(low * detail.width, (low + 1) * detail.width);
}

const done = 0, failed = 1;
const fates = ['done', 'failed', 'not computed yet'];

// show writes a number for a person.
function show(v, digits = 5) {
  if (v === null || v === undefined || Number.isNaN(v)) return '–';
  if (!Number.isFinite(v)) return v > 0 ? '∞' : '−∞';
  if (v === 0) return '0';
  const size = Math.abs(v);
  const text = size >= 1e6 || size < 1e-4 ? v.toExponential(digits - 1).replace(/\.?0+e/, 'e').replace('e+', 'e') : String(Number(v.toPrecision(digits)));
  return text.replace(/-/g, '−');
}

function withUnit(name, unit) { return unit ? `${name} [${unit}]` : name; }

// axisText is value i of an axis as a person writes it.
function axisText(axis, i) { return axis.texts ? axis.texts[i] : show(axis.values[i]); }

function place(point) {
  return words.axes.map(a => `${a.address} = ${axisText(a, a.of[point])}${a.unit ? ' ' + a.unit : ''}`).join(', ');
}

// make builds an element: make('p', {class: 'about'}, 'text', child).
function make(tag, attributes = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) e.addEventListener(name.slice(2), value);
    else if (value === true) e.setAttribute(name, '');
    else if (value !== false && value !== null) e.setAttribute(name, value);
  }
  e.append(...children);
  return e;
}

const byId = id => document.getElementById(id);
