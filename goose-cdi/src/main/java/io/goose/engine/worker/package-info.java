/** Leasing, running and settling: the loops of a worker and their life cycle. */
@NullMarked
package io.goose.engine.worker;

import org.jspecify.annotations.NullMarked;
