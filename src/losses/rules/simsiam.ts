import type { MatchRule } from '../match-rule.ts';

/** Minus the similarity; the key feels nothing of it where it is a target that stands still. */
export const simSiamRule: MatchRule = {
  meet: (similarity, { stopGradient }) => ({
    loss: -similarity,
    queryPull: -1,
    keyPull: stopGradient === 0 ? -1 : 0,
  }),
};
