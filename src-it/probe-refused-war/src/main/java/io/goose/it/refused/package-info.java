/** Every place where {@code @AsyncJob} must not stand. */
@NullMarked
package io.goose.it.refused;

import org.jspecify.annotations.NullMarked;
