/**
 * Pictures for those who have none at hand. Each is really drawn and encoded, in a size of its own, so the activities
 * have real work; and each is the same every time, so that its hash is too.
 */

interface Scene {
  name: string;
  size: readonly [width: number, height: number];
  sky: readonly [top: string, bottom: string];
  /** The sun or the moon: its place and radius in parts of the picture. */
  light: readonly [color: string, x: number, y: number, radius: number];
  /** The hills from the farthest to the nearest. */
  hills: readonly string[];
  detail: 'birds' | 'city' | 'sea' | 'stars' | 'trees';
}

const scenes: readonly Scene[] = [
  {
    name: 'dawn over the hills',
    size: [1600, 1067],
    sky: ['#8fa8c8', '#f5c9a0'],
    light: ['#fff1d0', 0.68, 0.46, 0.06],
    hills: ['#a99bb0', '#7f7d9c', '#555f80', '#323d5c'],
    detail: 'birds',
  },
  {
    name: 'pine ridge',
    size: [1200, 1600],
    sky: ['#cfdcd8', '#eef0e4'],
    light: ['#ffffff', 0.3, 0.25, 0.07],
    hills: ['#a9bfb4', '#7ba08f', '#4a7565', '#234a3e'],
    detail: 'trees',
  },
  {
    name: 'harbour at dusk',
    size: [1920, 1080],
    sky: ['#2a3558', '#d98a6a'],
    light: ['#ffd9a0', 0.42, 0.55, 0.05],
    hills: ['#5b5573', '#3a3e5c'],
    detail: 'sea',
  },
  {
    name: 'night shift',
    size: [1400, 933],
    sky: ['#0d1326', '#2b3a5e'],
    light: ['#eef0dc', 0.78, 0.22, 0.045],
    hills: ['#1b2440'],
    detail: 'city',
  },
  {
    name: 'milky way',
    size: [1500, 1000],
    sky: ['#070b1c', '#27345a'],
    light: ['#cfd8ea', 0.2, 0.3, 0.03],
    hills: ['#131a30', '#0a0f20'],
    detail: 'stars',
  },
  {
    name: 'red dunes',
    size: [1800, 1200],
    sky: ['#7fb2d0', '#f0dcc0'],
    light: ['#fffbe8', 0.5, 0.2, 0.05],
    hills: ['#dba878', '#c67f4e', '#a65a33', '#7c3c22'],
    detail: 'birds',
  },
  {
    name: 'winter forest',
    size: [1067, 1600],
    sky: ['#b8c6d6', '#eceff2'],
    light: ['#ffffff', 0.62, 0.35, 0.05],
    hills: ['#cfd8e0', '#a3b4c4', '#5f7588'],
    detail: 'trees',
  },
  {
    name: 'open sea',
    size: [2000, 1125],
    sky: ['#5aa0cc', '#d8ecf2'],
    light: ['#fffdf0', 0.6, 0.3, 0.05],
    hills: ['#7fb0c4'],
    detail: 'sea',
  },
  {
    name: 'skyline',
    size: [1080, 1350],
    sky: ['#59406e', '#f0a27c'],
    light: ['#ffe3b8', 0.35, 0.6, 0.09],
    hills: ['#6e4a70'],
    detail: 'city',
  },
  {
    name: 'late summer',
    size: [1333, 1000],
    sky: ['#86b6dc', '#e6f0e0'],
    light: ['#fff6cc', 0.15, 0.22, 0.06],
    hills: ['#b9c48a', '#93a860', '#5e7d42', '#38552f'],
    detail: 'trees',
  },
  {
    name: 'blue hour',
    size: [1600, 900],
    sky: ['#16244a', '#6c86b8'],
    light: ['#f2efe0', 0.85, 0.3, 0.035],
    hills: ['#4a5f90', '#2f4270', '#1a2850'],
    detail: 'stars',
  },
  {
    name: 'last light',
    size: [1000, 1000],
    sky: ['#3f2f58', '#e8735a'],
    light: ['#ffc48a', 0.5, 0.62, 0.11],
    hills: ['#8a4a62', '#4c2f4e'],
    detail: 'sea',
  },
];

/** Draws all of them. */
export async function drawSamples(): Promise<File[]> {
  const files: File[] = [];
  for (const [i, scene] of scenes.entries()) files.push(await drawn(scene, i + 1));
  return files;
}

async function drawn(scene: Scene, number: number): Promise<File> {
  const [width, height] = scene.size;
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  draw(canvas.getContext('2d')!, scene, randomFrom(number));
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
  if (!blob) throw new Error('This browser could not encode a picture.');
  const name = `${String(number).padStart(2, '0')} ${scene.name}.jpg`;
  return new File([blob], name, { type: 'image/jpeg', lastModified: 0 });
}

function draw(pen: CanvasRenderingContext2D, scene: Scene, random: () => number): void {
  const { width, height } = pen.canvas;
  const sky = pen.createLinearGradient(0, 0, 0, height * 0.75);
  sky.addColorStop(0, scene.sky[0]);
  sky.addColorStop(1, scene.sky[1]);
  pen.fillStyle = sky;
  pen.fillRect(0, 0, width, height);
  if (scene.detail === 'stars') drawStars(pen, random);

  const [color, x, y, radius] = scene.light;
  pen.fillStyle = color;
  pen.beginPath();
  pen.arc(x * width, y * height, radius * Math.max(width, height), 0, 7);
  pen.fill();
  if (scene.detail === 'birds') drawBirds(pen, random);

  for (const [i, hill] of scene.hills.entries()) {
    const top = height * (0.55 + (0.38 * i) / scene.hills.length);
    const line = hillLine(width, height * 0.07, random);
    pen.fillStyle = hill;
    pen.beginPath();
    pen.moveTo(0, height);
    for (let at = 0; at <= width; at += 4) pen.lineTo(at, top + line(at));
    pen.lineTo(width, height);
    pen.fill();
    if (scene.detail === 'trees' && i > 0) drawTrees(pen, i, (at) => top + line(at), random);
  }
  if (scene.detail === 'city') drawCity(pen, random);
  if (scene.detail === 'sea') drawSea(pen, scene, random);
}

function hillLine(width: number, rise: number, random: () => number): (at: number) => number {
  const waves = [1, 2.3, 5.1, 11.7].map((frequency) => ({ frequency, phase: random() * 7, size: rise / frequency }));
  return (at) =>
    waves.reduce((sum, { frequency, phase, size }) => sum + size * Math.sin((at / width) * 5 * frequency + phase), 0);
}

function drawStars(pen: CanvasRenderingContext2D, random: () => number): void {
  const { width, height } = pen.canvas;
  pen.fillStyle = '#fff';
  for (let i = 0; i < 900; i++) {
    pen.globalAlpha = random();
    const size = 0.5 + random() * 2;
    pen.fillRect(random() * width, random() * height * 0.75, size, size);
  }
  pen.globalAlpha = 1;
}

function drawBirds(pen: CanvasRenderingContext2D, random: () => number): void {
  const { width, height } = pen.canvas;
  pen.strokeStyle = '#3a3f4c';
  pen.lineWidth = 3;
  for (let i = 0; i < 9; i++) {
    const [x, y, span] = [width * (0.1 + random() * 0.4), height * (0.15 + random() * 0.2), 10 + random() * 16];
    pen.beginPath();
    pen.moveTo(x - span, y - span * 0.4);
    pen.quadraticCurveTo(x - span * 0.3, y - span * 0.4, x, y);
    pen.quadraticCurveTo(x + span * 0.3, y - span * 0.4, x + span, y - span * 0.4);
    pen.stroke();
  }
}

function drawTrees(
  pen: CanvasRenderingContext2D,
  row: number,
  ground: (at: number) => number,
  random: () => number,
): void {
  const { width } = pen.canvas;
  for (let at = 0; at < width; at += (10 + random() * 40) * row) {
    const tall = row * (22 + random() * 34);
    pen.beginPath();
    pen.moveTo(at, ground(at) - tall);
    pen.lineTo(at - tall * 0.22, ground(at) + 8);
    pen.lineTo(at + tall * 0.22, ground(at) + 8);
    pen.fill();
  }
}

function drawCity(pen: CanvasRenderingContext2D, random: () => number): void {
  const { width, height } = pen.canvas;
  for (let left = 0; left < width; ) {
    const wide = width * (0.04 + random() * 0.06);
    const top = height * (0.45 + random() * 0.35);
    pen.fillStyle = '#141a2c';
    pen.fillRect(left, top, wide, height);
    pen.fillStyle = '#f4cf83';
    for (let y = top + 16; y < height; y += 24) {
      for (let x = left + 10; x < left + wide - 14; x += 20) if (random() < 0.4) pen.fillRect(x, y, 9, 12);
    }
    left += wide + random() * 6;
  }
}

function drawSea(pen: CanvasRenderingContext2D, { sky, light: [color, x] }: Scene, random: () => number): void {
  const { width, height } = pen.canvas;
  const shore = height * 0.72;
  pen.fillStyle = sky[0];
  pen.fillRect(0, shore, width, height);
  for (let i = 0; i < 700; i++) {
    const depth = random();
    const long = 8 + depth * 90;
    const isGlint = random() < 0.45;
    const centre = isGlint ? x * width + (random() - 0.5) * width * (0.06 + depth * 0.2) : random() * width;
    pen.globalAlpha = isGlint ? 0.55 : 0.14;
    pen.fillStyle = isGlint ? color : '#fff';
    pen.fillRect(centre - long / 2, shore + depth * (height - shore), long, 1 + depth * 4);
  }
  pen.globalAlpha = 1;
}

/** The same numbers for the same seed: a linear congruential generator is random enough for hills. */
function randomFrom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}
