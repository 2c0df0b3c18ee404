/** The checks of MicroProfile Health. Its classes are loaded only where that API is there. */
@NullMarked
package io.goose.health;

import org.jspecify.annotations.NullMarked;
