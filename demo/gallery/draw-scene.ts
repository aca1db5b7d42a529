/** A landscape: a sky, a light in it, hills before it, and what makes it a place. */
export interface Scene {
  name: string;
  size: readonly [width: number, height: number];
  sky: readonly [top: string, bottom: string];
  /** The sun or the moon: its place and radius in parts of the picture. */
  light: readonly [color: string, x: number, y: number, radius: number];
  /** The hills from the farthest to the nearest. */
  hills: readonly string[];
  detail: 'birds' | 'city' | 'sea' | 'stars' | 'trees';
}

/** Draws a scene over the whole canvas, the same for the same seed. */
export function drawScene(pen: CanvasRenderingContext2D, scene: Scene, seed: number): void {
  const random = randomFrom(seed);
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
