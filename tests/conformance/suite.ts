import { badInputGroup } from './groups/bad-input.ts';
import { edgeCaseGroup } from './groups/edge-cases.ts';
import { featureGroup } from './groups/features.ts';
import { lifeCycleGroup } from './groups/life-cycle.ts';
import { lossGroups } from './groups/losses.ts';
import { similarityGroup, softmaxGroup } from './groups/matrices.ts';
import { trainingGroup, truthGroup } from './groups/truths.ts';
import type { Group } from './case.ts';

/** What every engine must do, in every environment. */
export const suite: readonly Group[] = [
  ...lossGroups,
  edgeCaseGroup,
  featureGroup,
  similarityGroup,
  softmaxGroup,
  truthGroup,
  trainingGroup,
  badInputGroup,
  lifeCycleGroup,
];

export function findGroup(name: string): Group {
  const group = suite.find((candidate) => candidate.name === name);
  if (!group) throw new Error(`The conformance suite has no group '${name}'.`);
  return group;
}
