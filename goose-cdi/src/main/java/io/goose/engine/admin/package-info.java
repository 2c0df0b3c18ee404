/** The admin view over a broker. */
@NullMarked
package io.goose.engine.admin;

import org.jspecify.annotations.NullMarked;
