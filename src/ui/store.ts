import { Observable } from '../values/observable.ts';
import type { State } from './state.ts';

/** The one place where the playground's state lives. */
export class Store extends Observable<State> {}
