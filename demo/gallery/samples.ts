/**
 * Pictures for those who have none at hand. Each is really drawn and encoded, in a size of its own, so the activities
 * have real work; and each is the same every time, so that its hash is too.
 */
import { drawScene, type Scene } from './draw-scene';

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
  drawScene(canvas.getContext('2d')!, scene, number);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
  if (!blob) throw new Error('This browser could not encode a picture.');
  const name = `${String(number).padStart(2, '0')} ${scene.name}.jpg`;
  return new File([blob], name, { type: 'image/jpeg', lastModified: 0 });
}
