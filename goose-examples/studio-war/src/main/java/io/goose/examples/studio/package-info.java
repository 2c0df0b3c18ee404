/** The photo studio: its settings and how its parts are put together. */
@NullMarked
package io.goose.examples.studio;

import org.jspecify.annotations.NullMarked;
