// SimSiam: minus the similarity of a prediction (query) and its target (key).
//   row loss = -s;  dL/ds = -1 for the query, and for the key unless it is a target that stands still

struct Parameters {
  stopGradient: f32,   // 0 = keys move, too
}

@group(0) @binding(1) var<uniform> parameters: Parameters;

fn meet(constants: Parameters, similarity: vec4f) -> Meeting {
  return Meeting(-similarity, vec4f(-1.0), vec4f(select(0.0, -1.0, constants.stopGradient == 0.0)));
}
