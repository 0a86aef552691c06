import './scenes.css';
import { lineUp } from './line-up/scene.ts';
import { margins } from './margins/scene.ts';
import { pictures } from './pictures/scene.ts';
import type { Scene } from './scene.ts';
import { scale } from './scale/scene.ts';

/** The scenes in the order in which they are read. */
export const scenes: readonly Scene[] = [pictures, margins, lineUp, scale];
