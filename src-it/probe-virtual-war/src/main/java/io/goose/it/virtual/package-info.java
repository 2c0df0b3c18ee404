/** An application whose jobs run on virtual threads. */
@NullMarked
package io.goose.it.virtual;

import org.jspecify.annotations.NullMarked;
