// Every query with its own key and nobody else: the loss of the row, and what the two of them feel of each other.
//
// Needs: terms, a loss (Parameters, meet).
// Shapes: quads and gradients = quads x dimension, laid out as in pairing, queries first; rowTerms = quads of queries.
// One invocation: four queries and their keys. Race-free: nobody else writes their gradients.
// Cost: two reads of the points, and one write where gradients are wanted.

struct Towers {
  dimension: u32,
  rows: u32,       // queries, and as many keys
  keyQuad: u32,    // the first quad of keys
}

// What four queries and their keys do to each other.
struct Meeting {
  loss: vec4f,
  queryPull: vec4f,   // dL/ds as the query feels it
  keyPull: vec4f,     // the same as the key feels it
}

override GRADIENT: bool = true;

@group(0) @binding(0) var<uniform> towers: Towers;
@group(0) @binding(2) var<storage, read> quads: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> rowTerms: array<RowTerms>;
@group(0) @binding(4) var<storage, read_write> gradients: array<vec4f>;

@compute @workgroup_size(64)
fn meetMatches(@builtin(global_invocation_id) invocation: vec3u) {
  let quad = invocation.x + invocation.y * 64u * 65535u;
  if (quad >= towers.keyQuad) {
    return;
  }
  let dimension = towers.dimension;
  let query = quad * dimension;
  let key = (towers.keyQuad + quad) * dimension;
  var similarity = vec4f();
  for (var k = 0u; k < dimension;) {
    // Partial sums of sixteen keep the error of long vectors small.
    var partial = vec4f();
    for (let end = min(k + 16u, dimension); k < end; k++) {
      partial += quads[query + k] * quads[key + k];
    }
    similarity += partial;
  }
  let inside = vec4u(4u * quad) + vec4u(0u, 1u, 2u, 3u) < vec4u(towers.rows);
  let meeting = meet(parameters, similarity);
  rowTerms[quad] = RowTerms(select(vec4f(), meeting.loss, inside), select(vec4u(), vec4u(1u), inside));
  if (GRADIENT) {
    let queryPull = select(vec4f(), meeting.queryPull, inside);
    let keyPull = select(vec4f(), meeting.keyPull, inside);
    for (var k = 0u; k < dimension; k++) {
      gradients[query + k] = queryPull * quads[key + k];
      gradients[key + k] = keyPull * quads[query + k];
    }
  }
}
