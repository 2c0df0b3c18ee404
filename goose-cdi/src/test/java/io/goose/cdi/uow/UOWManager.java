package io.goose.cdi.uow;

/** As Open Liberty's, of which only the name of the package is another. */
public interface UOWManager {
    int UOW_TYPE_LOCAL_TRANSACTION = 0;

    void runUnderUOW(int type, boolean join, UOWAction action) throws Exception;
}
