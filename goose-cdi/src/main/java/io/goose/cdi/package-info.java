/**
 * The extension: finds jobs among CDI beans and EJBs, reads MicroProfile Config, and starts and stops the engine with the
 * application. Nothing here is for applications to call; they inject what {@code io.goose} has.
 */
@NullMarked
package io.goose.cdi;

import org.jspecify.annotations.NullMarked;
