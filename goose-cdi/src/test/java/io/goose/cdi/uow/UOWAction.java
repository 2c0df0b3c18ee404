package io.goose.cdi.uow;

/** As Open Liberty's, of which only the name of the package is another. */
public interface UOWAction {
    void run() throws Exception;
}
