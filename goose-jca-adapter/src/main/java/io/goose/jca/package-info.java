/** The resource adapter: broker connections that the server pools. */
@NullMarked
package io.goose.jca;

import org.jspecify.annotations.NullMarked;
