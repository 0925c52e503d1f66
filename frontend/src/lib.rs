//! The page of the playground: folds the events of a run and draws them.
