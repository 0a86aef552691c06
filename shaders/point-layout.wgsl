// Where the numbers of four points lie. In quads (see pairing), the same component of four points makes a vector; by point,
// four components of the same point do, with zeros beyond the dimension, which the buffers have from the beginning.

override BY_POINT: bool = false;

struct Place {
  at: u32,     // of the first point, in numbers
  step: u32,   // to the next
}

fn placeOf(quad: u32, k: u32, dimension: u32) -> Place {
  let stride = 4u * ((dimension + 3u) / 4u);
  return Place(
    select(4u * (quad * dimension + k), 4u * quad * stride + k, BY_POINT),
    select(1u, stride, BY_POINT),
  );
}
