import shader from '../../shaders/losses/sig-lip.wgsl?raw';
import { definePairLoss } from './loss.ts';
import { averaged, emptyLoss, EXCLUDED, POSITIVE, sigmoid, softplus } from './pair-matrix.ts';
import { logitScale, normalize } from './parameters.ts';

export const sigLip = definePairLoss({
  kind: 'sig-lip',
  name: 'SigLIP',
  batch: 'paired',
  anchors: 'queries',
  parameters: {
    logitScale: logitScale(10),
    logitBias: {
      type: 'number',
      default: -10,
      minimum: -20,
      maximum: 20,
      scale: 'linear',
      valid: 'finite',
      description:
        'Added to every logit. Negative, because of N pairs only one matches: it starts them all as "no".',
    },
    normalize,
  },
  documentation: {
    summary: 'Every query and key are asked on their own whether they match: no softmax, no denominator.',
    formula: 'L = 1/N sum_ij softplus( -y_ij (t s_ij + b) ), y_ij = 1 if i = j, else -1',
    reduction: 'The sum over all N x N pairs, divided by N, not by N x N. There is no denominator.',
    reproduces: 'SigLipLoss of open_clip; big_vision',
    source: 'Zhai et al. 2023, Sigmoid Loss for Language Image Pre-Training, eq. 1',
    watchFor:
      'Not a softmax: its value grows with N, and says nothing of ln N. With the bias at 0 the N - 1 "no" answers drown the one "yes".',
  },
  constants: (values) => ({ logitScale: values.logitScale, logitBias: values.logitBias }),
  largestLogit: (values, similarity) => values.logitScale * similarity + Math.abs(values.logitBias),
  formula: (pairs, values) => {
    const result = emptyLoss(pairs);
    result.count = pairs.rows;
    for (let pair = 0; pair < pairs.relation.length; pair++) {
      if (pairs.relation[pair] === EXCLUDED) continue;
      const match = pairs.relation[pair] === POSITIVE ? 1 : -1;
      const doubt = -match * (values.logitScale * pairs.similarity[pair] + values.logitBias);
      result.rowLosses[Math.floor(pair / pairs.columns)] += softplus(doubt);
      result.pull[pair] = -match * sigmoid(doubt) * values.logitScale;
    }
    return averaged(result);
  },
  shader,
  parameterGradients: (values, sums) => ({
    logitScale: sums.pullSimilarity / values.logitScale,
    logitBias: sums.pull / values.logitScale,
  }),
  plateaus: (values, { candidates }) => {
    const allAt = (similarity: number) => {
      const logit = values.logitScale * similarity + values.logitBias;
      return softplus(-logit) + (candidates - 1) * softplus(logit);
    };
    const orthogonal = { name: 'all at right angles', loss: allAt(0) };
    return values.normalize ? [{ name: 'collapsed', loss: allAt(1) }, orthogonal] : [orthogonal];
  },
});
