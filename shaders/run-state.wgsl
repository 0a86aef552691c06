// Where a run stands. It lives on the device, so that many steps can be submitted at once.

struct Clock {
  step: u32,             // steps taken since the start
  optimizerSteps: u32,   // steps the present optimizer has taken
}

// Where in the batch a point is, and of which step that batch was: step + 1, so that 0 is never.
struct Origin {
  step: u32,
  row: u32,
}
