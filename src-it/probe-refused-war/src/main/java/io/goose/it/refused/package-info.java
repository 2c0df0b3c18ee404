/** Every place where {@code @AsyncJob} must not stand, beans that cannot have jobs, and a misspelt setting. */
@NullMarked
package io.goose.it.refused;

import org.jspecify.annotations.NullMarked;
